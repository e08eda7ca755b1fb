"""The pages of scrips: list, form, rules, expressions, deeds, order, dry run, trace."""

import json

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import plain_message
from rtpy.models import ConfigChange, OutgoingMail, Scrip, ScripQueue, ScripRun, Transaction

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def fill(form, **values):
    for name, value in values.items():
        form[name.replace("__", "-")].force_value(value)
    return form


def save(form):
    return form.submit("deed", value="save", expect_errors=True)


def test_the_list_is_narrowed_to_a_queue_and_to_what_is_off(root, make):
    queue, other = make.queue("Billing"), make.queue("Sales")
    for name, queues, off in (("Mine", queue, False), ("Theirs", other, False), ("Old", queue, True)):
        form = form_of(root.get("/admin/scrips/create"))
        fill(form, description=name, condition="On Create", action="Open Tickets")
        form["queues"].force_value([str(queues.id)])
        form["disabled"].checked = off
        assert save(form).status_int == 303

    def listed(**asked):
        return {each.text for each in root.get("/admin/scrips", params=asked).html.select("td.subject a")}

    everywhere = "Tell a new owner"
    for asked, there, missing in (
        ({}, {"Mine", "Theirs", everywhere}, {"Old"}),
        ({"queue": "global"}, {everywhere}, {"Mine", "Theirs", "Old"}),
        ({"queue": queue.id}, {"Mine", everywhere}, {"Theirs", "Old"}),
        ({"queue": queue.id, "disabled": "1"}, {"Mine", "Old", everywhere}, {"Theirs"}),
        ({"disabled": "only"}, {"Old"}, {"Mine", "Theirs", everywhere}),
        ({"queue": "nonsense", "disabled": "what"}, {"Mine", "Theirs", everywhere}, {"Old"}),
    ):
        names = listed(**asked)
        assert (there - names, missing & names) == (set(), set()), asked
    chosen = root.get(f"/admin/scrips?queue={queue.id}&disabled=only").html.select("option[selected]")
    assert [each.text for each in chosen] == ["Billing", "switched off"]


def test_a_queue_whose_scrips_are_hidden_is_not_offered(another, enter, make):
    mine, ned = make.queue("Billing"), make.staff("ned")
    make.queue("Board", granted=False)
    make.grant(ned, "ShowScrips", queue=mine)
    page = enter(another(), ned).get("/admin/scrips?queue=1")
    assert [each.text for each in page.html.select("[name=queue] option")] == [
        "anywhere", "only global ones", "Billing",
    ]  # fmt: skip


def form_of(page):
    return next(form for form in page.forms.values() if "description" in form.fields)


def scrip_named(db, description):
    return db.scalars(select(Scrip).where(Scrip.description == description)).one()


def test_the_list_shows_when_and_then_and_what_came_of_it(root, make):
    make.ticket()
    page = root.get("/admin/scrips")
    assert "Answer new requests automatically" in page
    assert "On Create → Autoreply To Requestors" in page
    assert "1 done, 0 skipped" in page


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(root, query_count, db):
    root.get("/admin/scrips")
    with query_count() as few:
        root.get("/admin/scrips")
    rows = db.scalars(select(Scrip)).all()
    for number in range(40):
        scrip = Scrip(
            description=f"more {number}", condition_id=rows[0].condition_id, action_id=rows[0].action_id
        )
        db.add(scrip)
        db.flush()
        db.add(ScripQueue(scrip_id=scrip.id, sort_order=100 + number))
    db.flush()
    root.get("/admin/scrips")
    with query_count() as many:
        root.get("/admin/scrips")
    assert many.total <= few.total


def test_a_scrip_with_rules_is_made_and_works(root, db, work, make):
    form = form_of(root.get("/admin/scrips/create"))
    fill(form, description="VPN first", condition="By Rules", action="Set Priority", action_argument="90")
    fill(form, transaction_types="Correspond", template="Blank")
    fill(form, rule__0__fact="ticket.subject", rule__0__comparison="contains", rule__0__value="vpn")
    fill(form, rule__1__fact="actor.is_staff", rule__1__comparison="is not true")
    fill(form, rule__2__part="a", rule__2__fact="ticket.requestors", rule__2__comparison="has one that fits")
    fill(form, rule__2__value="*@client.example")
    assert save(form).status_int == 303
    scrip = scrip_named(db, "VPN first")
    assert json.loads(scrip.condition_argument)["parts"][0]["tests"][0]["fact"] == "ticket.requestors"
    ticket = make.ticket("The VPN is down")
    other = make.ticket("The printer is down")
    for each in (ticket, other):
        change_ticket(make.system.as_actor(_ann(work)), each, Correspond(plain_message("Still.")))
    assert (ticket.priority, other.priority) == (90, 0)
    page = form_of(root.get(f"/admin/scrips/{scrip.id}"))
    assert page["rule-0-value"].value == "vpn"
    logged = db.scalars(select(ConfigChange).where(ConfigChange.kind == "scrip")).one()
    assert (logged.action, logged.name, logged.after["condition"]) == ("create", "VPN first", "By Rules")


def _ann(work):
    from rtpy.work import Face

    return work.app.actor_named(work.db, "ann@client.example", Face.MAIL)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"description": ""}, "A description is missing"),
        ({"action_argument": ""}, "is no priority: write a number"),
        ({"action_argument": "high"}, "“high” is no priority"),
        ({"condition": "Nonsense"}, "There is no condition “Nonsense”"),
        ({"action": "Notify Group", "action_argument": "", "template": "Resolved"}, "Name groups, users"),
        ({"action": "Notify Owner", "action_argument": ""}, "choose a template that has a text"),
        ({"template": "Resolvd"}, "Did you mean Resolved?"),
        ({"condition": "By Expression", "expression": "ticket.subjct == 'x'"}, "Did you mean ticket.subject?"),
        ({"condition": "By Expression", "expression": "ticket.priority >"}, "Column"),
        ({"condition": "By Expression", "expression": 'field("Nix") == "x"'}, "There is no custom field “Nix”"),
        ({"condition": "By Rules"}, "There is no rule"),
        (
            {"condition": "By Rules", "rule__0__fact": "ticket.priority", "rule__0__comparison": "is more than"},
            "ticket.priority is more than … what?",
        ),
        (
            {"condition": "By Rules", "rule__0__fact": "ticket.priority", "rule__0__comparison": "contains",
             "rule__0__value": "5"},
            "cannot be compared with “contains”",
        ),
        ({"action": "Deeds", "action_argument": ""}, "There is no deed"),
        (
            {"action": "Deeds", "action_argument": "", "deed__0__action": "SetPriority", "deed__0__argument": "x"},
            "Deed 1 (SetPriority): “x” is no priority",
        ),
        ({"action": "Create Tickets", "action_argument": "", "template": "Resolved"}, "The template has no block"),
        ({"transaction_types": "<script>"}, "is no type of transaction"),
    ],
)  # fmt: skip
def test_mistakes_are_told_beside_the_field_and_nothing_is_saved(root, db, values, problem):
    before = db.scalar(select(func.count(Scrip.id)))
    form = form_of(root.get("/admin/scrips/create"))
    usual = {
        "description": "x", "condition": "On Create", "action": "Set Priority", "action_argument": "5",
        "template": "Blank",
    }  # fmt: skip
    fill(form, **{**usual, **values})
    answer = save(form)
    assert answer.status_int == 422
    assert problem in answer.html.text if hasattr(answer, "html") else problem in answer.text
    assert db.scalar(select(func.count(Scrip.id))) == before


def test_deeds_are_done_in_their_order(root, db, work, make):
    form = form_of(root.get("/admin/scrips/create"))
    fill(form, description="Hand over", condition="On Comment", action="Deeds", template="Blank")
    fill(form, deed__0__action="SetPriority", deed__0__argument="40")
    fill(form, deed__1__action="AddWatcher", deed__1__argument="Cc: boss@client.example")
    fill(form, deed__2__action="SetStatus", deed__2__argument="open")
    assert save(form).status_int == 303
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(plain_message("psst")))
    assert (ticket.priority, ticket.status) == (40, "open")
    added = db.scalars(
        select(Transaction.field).where(Transaction.type == "AddWatcher", Transaction.object_id == ticket.id)
    ).all()
    assert added == ["Cc"]


def test_a_scrip_changes_places_with_the_next(root, db):
    first, second = db.scalars(
        select(ScripQueue).where(ScripQueue.queue_id.is_(None)).order_by(ScripQueue.sort_order).limit(2)
    ).all()
    form_of(root.get(f"/admin/scrips/{second.scrip_id}")).submit("deed", value="up")
    db.expire_all()
    assert second.sort_order < first.sort_order


def test_a_scrip_is_switched_off_and_deleted(root, db, make):
    scrip = scrip_named(db, "Answer new requests automatically")
    form = form_of(root.get(f"/admin/scrips/{scrip.id}"))
    form["disabled"] = True
    save(form)
    make.ticket()
    assert db.scalars(select(OutgoingMail)).all() == []
    assert "Answer new requests" not in root.get("/admin/scrips")
    form_of(root.get(f"/admin/scrips/{scrip.id}")).submit("deed", value="delete")
    assert db.scalar(select(Scrip.id).where(Scrip.description == "Answer new requests automatically")) is None


def test_a_dry_run_says_what_would_happen_and_does_nothing(root, db, make):
    for number in range(3):
        make.ticket(f"Case {number}")
    before = (
        db.scalar(select(func.count(OutgoingMail.id))),
        db.scalar(select(func.count(Transaction.id))),
        db.scalar(select(func.count(ScripRun.id))),
    )
    scrip = scrip_named(db, "Answer new requests automatically")
    page = root.get(f"/admin/scrips/{scrip.id}/dry-run")
    assert "3 would act" in page
    assert "ann@client.example (to)" in page
    assert "#txn-" in page
    db.expire_all()
    after = (
        db.scalar(select(func.count(OutgoingMail.id))),
        db.scalar(select(func.count(Transaction.id))),
        db.scalar(select(func.count(ScripRun.id))),
    )
    assert after == before


def test_a_dry_run_shows_no_ticket_that_the_reader_may_not_see(another, enter, make, db):
    make.queue("Board", granted=False)
    make.ticket("Secret plan", queue="Board")
    ned = make.staff("ned")
    make.grant(ned, "ShowScrips")
    scrip = scrip_named(db, "Answer new requests automatically")
    page = enter(another(), ned).get(f"/admin/scrips/{scrip.id}/dry-run")
    assert "Secret plan" not in page


def test_scrips_of_a_queue_are_changed_with_the_right_on_it_only(another, enter, make, db):
    ned, queue = make.staff("ned"), make.queue("Billing")
    make.grant(ned, "ModifyScrips", "ShowScrips", queue=queue)
    browser = enter(another(), ned)
    form = form_of(browser.get("/admin/scrips/create"))
    fill(
        form,
        description="Mine",
        condition="On Create",
        action="Set Priority",
        action_argument="5",
        template="Blank",
    )
    assert "the right ModifyScrips is needed" in save(form)
    form["queues"].force_value([str(queue.id)])
    assert save(form).status_int == 303
    scrip = scrip_named(db, "Answer new requests automatically")
    assert browser.get(f"/admin/scrips/{scrip.id}", status=404)
    assert "Answer new requests" not in browser.get("/admin/scrips")


def test_who_holds_no_right_sees_no_scrips(jo, customer):
    assert jo.get("/admin/scrips", status=403)
    assert customer.get("/admin/scrips", status=403)


def test_the_trace_is_for_who_holds_show_scrips(jo, make, db, work):
    ticket = make.ticket()
    change_ticket(work, ticket, SetPriority(7))
    assert "Answer new requests automatically" not in jo.get(f"/ticket/{ticket.id}/history")
    user = work.app.actor_named(db, "jo", work.actor.face).user_id
    from rtpy.models import Ace

    db.add(Ace(principal_id=user, right_name="ShowScrips", object_type="queue", object_id=ticket.queue_id))
    db.flush()
    page = jo.get(f"/ticket/{ticket.id}/history")
    assert "Answer new requests automatically" in page
    assert " ms)" in page


def test_the_form_says_what_each_condition_and_action_takes(root, db):
    page = root.get("/admin/scrips/create")
    hints = {each["data-hint"]: each for each in page.html.select("[data-hint]")}
    for name, words in (
        ("On Create", "When a ticket is created. It takes no argument."),
        (
            "On Resolve",
            "Argument: A status such as resolved, or old: active; new: inactive. Empty: resolved.",
        ),
        ("Set Due", "Set the due date, counted from now. Argument: A time such as 2d4h."),
    ):
        assert hints[name].dt.text == name
        assert words in hints[name].dd.text
    assert (
        page.html.select_one("#field-condition_argument-hint").text
        == "Only for what takes one; empty: its own."
    )
    scrip = db.scalars(select(Scrip).where(Scrip.description == "Tell a new owner")).one()
    page = root.get(f"/admin/scrips/{scrip.id}")
    assert "Empty: Owner." in page.html.select_one("#field-action_argument-hint").text
