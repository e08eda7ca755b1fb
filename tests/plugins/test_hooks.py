"""Every hook proved by what the sample plugin does with it; tests/house asks that none is missing here."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from rtpy.app import App
from rtpy.changes.accounts import change_person
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.calendars.saving import save_calendar, uses_of
from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.merging_people.merge import merge_people
from rtpy.changes.merging_people.references import LEAVE, OWN, Decision, count_references
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.cli.main import rtpy
from rtpy.config import BadConfig, load_config, read_plugin_options
from rtpy.content.part import plain_message
from rtpy.content.plain import message_text
from rtpy.errors import Invalid, Refused
from rtpy.fields.contents import read_values
from rtpy.health import troubles
from rtpy.history.ball import Ball, Holder, ball_of
from rtpy.history.reading import read_history
from rtpy.identity.accounts import set_password
from rtpy.identity.passwords import hash_password
from rtpy.jobs import worker
from rtpy.models import (
    ConfigChange,
    PluginSetting,
    Scrip,
    ScripAction,
    ScripCondition,
    ScripQueue,
    ScripRun,
    Transaction,
    User,
)
from rtpy.plugin_settings import settings_of_plugin
from rtpy.plugins import load_plugins, options_of
from rtpy.search.columns.format import read_format, resolve
from rtpy.search.columns.named import all_names
from rtpy.search.columns.rows import rows_of
from rtpy.search.dashboards import PORTLET, KnownDashboard, Pane
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Name
from rtpy.search.run import Order, Search, find
from rtpy.subscriptions.writing import write_dashboard
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.work import Actor, Face
from rtpy.wsgi import make_wsgi


def reply(minutes):
    return Correspond(plain_message("Done."), minutes=minutes)


def told(db, ticket):
    """What is in the history, mails and the like left out."""
    rows = db.scalars(
        select(Transaction.type)
        .where(Transaction.object_type == "ticket", Transaction.object_id == ticket.id)
        .order_by(Transaction.id)
    )
    return [each for each in rows if not each.endswith("EmailRecord")]


# --- rtpy_options ---


def test_rtpy_options_gives_values_from_the_file_and_defaults(app):
    assert app.options == {"budget.minutes": 30, "budget.book_first": True}


def test_rtpy_options_tells_everything_that_is_wrong_at_once(tmp_path, sample):
    file = tmp_path / "rtpy.toml"
    file.write_text("plugins = ['budget']\n[budget]\nminutes = 0\nbook_frist = true\n")
    config = load_config(file, {}, {})
    with pytest.raises(BadConfig) as bad:
        read_plugin_options(config, options_of(load_plugins(config.plugins)))
    assert bad.value.problems == (
        f"{file}, line 3: budget.minutes must be 1 or more, not 0.",
        f"{file}, line 4: there is no option budget.book_frist; did you mean budget.book_first?",
    )


# --- rtpy_settings ---


def test_rtpy_settings_are_read_typed_and_count_at_once(work, make, db):
    ticket = make.ticket()
    save_settings(
        work, "budget", {"budget.warn_at": 50, "budget.warning": "Now {minutes}.", "budget.give": False}
    )
    change_ticket(work, ticket, reply(16))
    *_, last = read_history(db, [ticket.id], comments=True, outgoing=False)
    assert message_text(last.parts) == "Now 16."
    assert ticket.owner_id == work.app.nobody_id(db)
    assert settings_of_plugin(work.app, db, "budget") == {
        "budget.warning": "Now {minutes}.",
        "budget.warn_at": 50,
        "budget.give": False,
        "budget.shown": "minutes",
        "budget.note": "",
    }
    noted = db.scalars(select(ConfigChange).where(ConfigChange.kind == "plugin_setting")).one()
    assert (noted.name, noted.before["budget.warn_at"], noted.after["budget.warn_at"]) == ("budget", 100, 50)
    save_settings(work, "budget", {"budget.warn_at": 100})
    assert db.get(PluginSetting, ("budget", "warn_at")) is None


def test_rtpy_settings_changed_is_told_what_was_set_before_and_is_set_now(work, db):
    save_settings(work, "budget", {"budget.warn_at": 50, "budget.give": True})
    assert db.get_one(User, work.actor.user_id).comments == "budget: budget.warn_at 100 → 50"


# --- rtpy_conditions, rtpy_actions ---


@pytest.fixture
def scrip(db):
    """A scrip of the sample's condition and action, as an administrator would make it."""
    condition = ScripCondition(name="Over", kind="OverBudget", transaction_types="Any")
    action = ScripAction(name="Raise", kind="RaisePriority", argument="70")
    db.add_all([condition, action])
    db.flush()
    made = Scrip(
        description="Raise it", condition_id=condition.id, action_id=action.id, template_name="Blank"
    )
    db.add(made)
    db.flush()
    db.add(ScripQueue(scrip_id=made.id, stage="create", sort_order=99))
    db.flush()
    return made


def test_rtpy_conditions_and_rtpy_actions_work_in_a_scrip(work, make, scrip):
    ticket = make.ticket()
    change_ticket(work, ticket, reply(31))
    assert ticket.priority == 70


def test_a_condition_that_does_not_hold_says_why(work, make, scrip, db):
    outcome = change_ticket(work, make.ticket(), reply(30))
    entries = [
        entry
        for run in db.scalars(
            select(ScripRun).where(ScripRun.transaction_id.in_([each.id for each in outcome.transactions]))
        )
        for entry in run.entries
    ]
    reasons = {entry["reason"] for entry in entries if entry["scrip"] == scrip.id}
    assert "condition: only 30 of 30 minutes are booked" in reasons


# --- rtpy_canonicalizers ---


def test_rtpy_canonicalizers_rewrites_values_of_a_field_that_names_it(work, make):
    settings = FieldSettings("Cost centre", canonicalizer="Cost centre", pattern="^[A-Z]+-[0-9]+$")
    field = create_field(work, settings, everywhere=True)
    ticket = make.ticket()
    change_ticket(work, ticket, SetCustomField(field.id, ("kst 7",)))
    assert read_values(work, "ticket", ticket.id) == {"Cost centre": ("KST-7",)}


# --- rtpy_columns ---


def test_rtpy_columns_stands_in_formats_and_is_loaded_once_for_a_page(work, make, query_count):
    worked, fresh = make.ticket(), make.ticket()
    change_ticket(work, worked, AddTime(25))
    [[cell]] = resolve(work, read_format("BudgetLeft/TITLE:Left"))
    with query_count() as count:
        rows = rows_of(work, [worked.id, fresh.id], [cell.column], ZoneInfo("UTC"))
    assert [row.values for row in rows] == [(5,), (30,)]
    assert (cell.title, cell.column.title, count.total) == ("Left", "Budget left", 2)
    assert "BudgetLeft" in all_names(work)


# --- rtpy_portlets ---


def make_dashboard_with(browser, *panes):
    form = browser.get("/dashboards/create").forms["dashboard"]
    given = {"csrf_token": form["csrf_token"].value, "name": "Mine", "owner": "me", "do": "save"}
    more = {"pane": panes, "rows": ["5"] * len(panes), "width": ["full"] * len(panes)}
    return browser.post("/dashboards/create", {**given, **more}).follow()


def test_rtpy_portlets_stand_on_dashboards_and_show_what_their_reader_may_see(
    login, app, make, work, monkeypatch
):
    from rtpy_budget import panes

    root = login()
    assert (
        root.get("/dashboards/create").html.find("option", value="portlet:over_budget").text == "Over budget"
    )
    page = make_dashboard_with(root, "portlet:over_budget", "portlet:newest", "portlet:gone_one")
    assert "All within their budget" in page.text
    assert "There is no such pane any more." in page.text
    ticket = make.ticket("Long <b>one</b>")
    change_ticket(work, ticket, AddTime(45))
    here = page.request.path
    pane = root.get(here).html.select_one(".pane")
    assert pane.select_one("[data-open-item]").text == f"#{ticket.id} Long <b>one</b>"
    assert pane.select_one("h2").text == "Over budget"
    kept = root.get(f"{here}/modify").forms["dashboard"].submit("do", value="save").follow()
    assert "no such pane" in kept.text

    def fail(request, rows):
        request.db.execute(text("SELECT nonsense FROM nowhere"))

    monkeypatch.setitem(app.named("rtpy_portlets"), "over_budget", replace(panes.OVER_BUDGET, values=fail))
    broken = root.get(here)
    assert "its plugin failed" in broken.html.select_one(".pane").text
    assert "Long <b>one</b>" in broken.html.select(".pane")[1].text


def test_rtpy_portlets_stand_in_dashboards_by_mail(work, app, make, monkeypatch):
    from rtpy_budget import panes

    def written():
        shown = (Pane(PORTLET, portlet="over_budget"),)
        dashboard = KnownDashboard(7, "Mine", "", None, "", False, shown, False)
        return write_dashboard(work, dashboard, 5, ZoneInfo("UTC"))

    assert "All within their budget" in written().text
    assert written().is_empty
    ticket = make.ticket("Long <b>one</b>")
    change_ticket(work, ticket, AddTime(45))
    mail, url = written(), app.config.url(f"/ticket/{ticket.id}")
    assert f"Long <b>one</b>, 45\n  {url}" in mail.text
    assert not mail.is_empty
    assert f'<a href="{url}">Long &lt;b&gt;one&lt;/b&gt;</a>' in mail.html

    def fail(work, rows):
        work.db.execute(text("SELECT nonsense FROM nowhere"))

    for mails, said in (
        (fail, "A plugin failed here. The log says why."),
        (None, f"on the page of the dashboard: {app.config.url('/dashboards/7')}"),
    ):
        changed = replace(panes.OVER_BUDGET, mail=mails)
        monkeypatch.setitem(app.named("rtpy_portlets"), "over_budget", changed)
        assert said in written().text
        assert written().is_empty
    monkeypatch.delitem(app.named("rtpy_portlets"), "over_budget")
    assert "There is no such pane any more." in written().text


def test_rtpy_portlets_of_a_name_that_is_there_stop_the_start(app, compiled_templates, monkeypatch):
    from rtpy_budget import panes

    monkeypatch.setitem(app.named("rtpy_portlets"), "mine", panes.OVER_BUDGET)
    with pytest.raises(Invalid, match="brings the pane mine"):
        make_wsgi(app, **{"rtpy.template_cache": compiled_templates})


# --- rtpy_search_fields ---


def test_rtpy_search_fields_can_be_asked_for_and_sorted_by(work, make):
    tickets = [make.ticket(f"Ticket {number}") for number in range(3)]
    for ticket, minutes in zip(tickets, (0, 45, 90), strict=True):
        change_ticket(work, ticket, AddTime(minutes)) if minutes else None
    mine = parse(f"id >= {tickets[0].id} AND BudgetLeft < 0").node
    found = find(work, Search(node=mine, order=(Order(Name("BudgetLeft")),)))
    assert found.ids == (tickets[2].id, tickets[1].id)


def test_rtpy_search_fields_of_a_name_that_is_there_stop_the_start(config, sample, monkeypatch):
    from rtpy_budget import search

    monkeypatch.setattr(search, "BUDGET_LEFT", replace(search.BUDGET_LEFT, name="Priority"))
    with pytest.raises(Invalid, match="both bring the search_field Priority"):
        App(config, blobs=DatabaseStore())


# --- rtpy_chores ---


def test_rtpy_chores_are_done_by_the_worker(app, work, make):
    change_ticket(work, make.ticket("Mail server"), AddTime(45))
    work.db.commit()
    worker.run_once(app)
    assert (app.config.home / "over-budget.txt").read_text().endswith(" 45 Mail server\n")


# --- rtpy_web ---


def test_rtpy_web_adds_a_page_with_the_plugins_template_in_the_frame(work, make, login):
    change_ticket(work, make.ticket("Mail server"), AddTime(45))
    work.db.commit()
    page = login().get("/budget")
    assert "Mail server</a> 45 min" in page.text
    assert "budget/budget.css?v=" in page.text
    assert 'id="main"' in page.text


def test_rtpy_web_adds_a_page_that_takes_a_login(browser):
    assert browser.get("/budget", status=303).location.endswith("/login?next=%2Fbudget")


def test_rtpy_web_page_asks_for_its_permission(make, login, db):
    customer = make.customer("ann@client.example")
    customer.password_hash = hash_password("ann's password")
    db.commit()
    login("ann@client.example", "ann's password").get("/budget", status=403)


def test_a_static_file_of_a_plugin_is_served(browser):
    assert browser.get("/static/budget/budget.css").text == ".budget-list { line-height: 2; }\n"


def test_a_sites_own_template_comes_before_the_plugins(app, config, browser, login):
    own = config.home / "local" / "templates" / "budget"
    own.mkdir(parents=True)
    (own / "over.pt").write_text("<p>Ours</p>")
    assert login().get("/budget").text == "<p>Ours</p>"


# --- rtpy_rest2 ---


def test_rtpy_rest2_adds_an_address_for_programs(work, make, browser):
    ticket = make.ticket("Mail server")
    change_ticket(work, ticket, AddTime(45))
    work.db.commit()
    browser.authorization = ("Basic", ("root", ROOT_PASSWORD))
    answer = browser.get("/REST/2.0/budget").json
    assert (answer["Budget"], [each["Subject"] for each in answer["items"]]) == (30, ["Mail server"])
    assert answer["items"][0]["_url"].endswith(f"/REST/2.0/ticket/{ticket.id}")
    browser.put_json("/REST/2.0/budget", {}, status=405)


def test_rtpy_rest2_lets_nobody_in_who_is_not_logged_in(browser):
    assert browser.get("/REST/2.0/budget", status=401).json == {"message": "Unauthorized"}


# --- rtpy_commands ---


@pytest.mark.databases("sqlite")  # the database of a home
def test_rtpy_commands_adds_a_command(tmp_path, sample, new_database):
    """In processes of their own the commands of a plugin run in test_tutorial.py."""
    home = tmp_path / "home"
    home.mkdir()

    def run(*words):
        answer = CliRunner().invoke(rtpy, words, env={"RTPY_PLUGINS": "budget", "RTPY_HOME": str(home)})
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    with new_database(home):
        a_command_is_there(run)


def a_command_is_there(run):
    assert "List tickets over their budget." in run("--help")
    assert run("over-budget") == "No ticket is over its budget.\n"
    listed = run("plugin", "list")
    assert "budget" in listed
    assert "1.0" in listed
    assert "loaded" in listed
    assert "budget, allowances: in order\n" in run("check")


# --- rtpy_check_change ---


def test_rtpy_check_change_refuses_and_nothing_of_the_bundle_happens(work, make, db):
    ticket = make.ticket()
    before = told(db, ticket)
    with pytest.raises(Refused, match="No minutes are booked"):
        change_ticket(work, ticket, Comment(plain_message("closing")), SetStatus("resolved"))
    assert told(db, ticket) == before


def test_rtpy_check_change_sees_what_came_before_it_in_the_bundle(work, make):
    ticket = make.ticket()
    change_ticket(work, ticket, reply(15), SetStatus("resolved"))
    assert ticket.status == "resolved"


# --- rtpy_transaction_recorded ---


def test_rtpy_transaction_recorded_may_change_the_ticket(work_of, make):
    jo = make.staff("jo")
    ticket = make.ticket()
    change_ticket(work_of("jo", Face.WEB), ticket, reply(15))
    assert ticket.owner_id == jo.id


# --- rtpy_batch_recorded ---


def test_rtpy_batch_recorded_is_told_of_the_whole_bundle_once(work, make, db):
    ticket = make.ticket()
    change_ticket(work, ticket, reply(20), Comment(plain_message("and more"), minutes=20))
    said = told(db, ticket)
    assert said.count("Comment") == 2
    assert said[-1] == "Comment"
    change_ticket(work, ticket, AddTime(60))
    assert told(db, ticket).count("Comment") == 2


# --- rtpy_account_changed ---


def test_rtpy_account_changed_is_told_what_changed_and_from_what(work, make, db):
    jo = make.staff("jo", password="an old password")
    set_password(work, jo, "seven tidy walruses hum")
    change_person(work, jo, email_address="jo@elsewhere.example")
    change_person(work, jo, real_name="Jo Bloggs")
    assert jo.comments.splitlines() == ["password changed", "address changed from jo@staff.example"]


# --- rtpy_ball ---


def test_rtpy_ball_says_who_has_the_next_step_and_a_plugin_that_fails_says_nothing(work, make, monkeypatch):
    ticket = make.ticket()
    assert ball_of(work, ticket) is None
    change_ticket(work, ticket, reply(31))
    assert ball_of(work, ticket) == Ball(Holder.CUSTOMER)
    monkeypatch.setattr(
        "rtpy_budget.rules.ball_of", lambda work, ticket: work.db.execute(text("SELECT nothing"))
    )
    assert ball_of(work, ticket) is None
    assert work.db.scalar(text("SELECT 1")) == 1


# --- rtpy_calendar_uses, rtpy_calendar_changed ---


def test_rtpy_calendar_uses_says_what_counts_in_a_calendar(work, make):
    assert [use.label for use in uses_of(work, make.calendar("Budgets").id)] == ["All budgets"]
    assert uses_of(work, make.calendar("Others").id) == []


@pytest.mark.parametrize(("name", "since"), [("Budgets", "2026-03-03"), ("Others", "the beginning")])
def test_rtpy_calendar_changed_is_told_from_when_on(work, make, name, since):
    calendar = make.calendar(name)
    save_calendar(work, calendar, {"name": name, "day_0": "8-12"})
    assert calendar.description == f"changed from {since}"


# --- rtpy_user_references, rtpy_people_merged ---


def test_rtpy_user_references_says_what_moves_when_people_are_merged(work, make, db):
    from rtpy_budget.allowances import allow, allowance_of
    from rtpy_budget.models import Allowance

    ann, double, tom = (make.staff(name) for name in ("ann", "double", "tom"))
    by_double = work.as_actor(Actor(double.id, double.name, Face.WEB))
    allow(by_double, tom.id, 5)
    said = {each.what: each.rows for each in count_references(work.app, db, ann.id, double.id)}
    assert said["allowances given"] == 1
    merge_people(work, ann, double)
    assert db.get(Allowance, tom.id).given_by_id == ann.id
    assert allowance_of(db, tom.id) == 5


def test_rtpy_people_merged_may_add_what_both_have(work, make, db):
    from rtpy_budget.allowances import allow, allowance_of
    from rtpy_budget.models import Allowance

    ann, double = make.staff("ann"), make.staff("double")
    allow(work, ann.id, 10)
    allow(work, double.id, 15)
    merge_people(work, ann, double)
    assert allowance_of(db, ann.id) == 25
    assert db.get(Allowance, double.id) is None


@pytest.mark.parametrize(
    ("name", "decision", "sentence"),
    [
        (
            "budget_allowances.given_by_id",
            None,
            "does not say what a merge of two people does with budget_allowances.given_by_id",
        ),
        (
            "budget_allowances.author",
            LEAVE,
            "decides about budget_allowances.author, which its tables do not have",
        ),
        ("tickets.owner_id", LEAVE, "decides about tickets.owner_id, which its tables do not have"),
        ("budget_allowances.user_id", OWN, "leaves budget_allowances.user_id to the core"),
    ],
)
@pytest.mark.databases("sqlite")  # nothing is asked of it
def test_rtpy_user_references_that_do_not_fit_stop_the_start(config, monkeypatch, name, decision, sentence):
    from rtpy_budget import allowances

    changed = {**allowances.REFERENCES, name: decision and Decision(decision)}
    decided = {name: each for name, each in changed.items() if each is not None}
    monkeypatch.setattr(allowances, "REFERENCES", decided)
    with pytest.raises(Invalid, match=sentence):
        App(config, blobs=DatabaseStore())


# --- rtpy_health ---


def test_rtpy_health_is_told_to_watchers_and_administrators(work, db, app, login, browser):
    from rtpy_budget.allowances import allow

    assert browser.get("/ready").text == "ready\n"
    assert 'rtpy_plugin_in_order{check="allowances",plugin="budget"} 1.0' in browser.get("/metrics").text
    allow(work, work.actor.user_id, 20_000)
    db.commit()
    assert browser.get("/ready").text == "ready\n"  # kept for a while
    for name in ("health", "kept ready", "kept metrics"):
        del app.caches[name]
    told = "budget, allowances: 1 are of more than 10000 minutes."
    assert browser.get("/ready").text == f"ready, but:\n{told}\n"
    assert 'rtpy_plugin_in_order{check="allowances",plugin="budget"} 0.0' in browser.get("/metrics").text
    assert told in login().get("/admin").html.select_one("#wellbeing").text


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("SELECT nonsense FROM nowhere", "its checks failed"),
        (ENDLESS, "its checks were stopped after 1 seconds."),
    ],
)
def test_rtpy_health_of_a_plugin_that_fails_or_takes_too_long_is_said_and_contained(
    work, db, monkeypatch, statement, sentence
):
    monkeypatch.setattr("rtpy.health.PATIENCE", 1)
    monkeypatch.setattr("rtpy_budget.health.checks", lambda db: db.execute(text(statement)))
    (told,) = troubles(work, anew=True)
    assert told.startswith(f"budget, health: {sentence}")
    assert db.scalar(text("SELECT 1")) == 1
