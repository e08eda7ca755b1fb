"""Dashboards: made in the browser, shown pane by pane, as home page; what is gone is said in its pane."""

import pytest
from sqlalchemy import select

from rtpy.changes.dashboards import change_dashboard, delete_dashboard, make_dashboard, set_home
from rtpy.changes.groups import make_group, put_into_group
from rtpy.changes.saved_searches import delete_search, save_search
from rtpy.errors import Invalid, Refused
from rtpy.models import (
    Ace,
    ConfigChange,
    Dashboard,
    DashboardSubscription,
    Group,
    HomeDashboard,
    User,
)
from rtpy.search.dashboards import CHART, PORTLET, Pane, dashboards, home_of, panes_of, plain_panes
from rtpy.search.saved import ChartChoice, Content, content_of, plain_content

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")

MINE = plain_panes([Pane(PORTLET, portlet="mine")])


def titles(page):
    return [heading.text for heading in page.html.select(".pane h2")]


def test_a_dashboard_is_made_filled_shown_and_made_home(jo, make, db):
    make.ticket("Printer jam")
    page = jo.get("/dashboards").click("New dashboard")
    form = page.forms["dashboard"]
    form["name"] = "Morning"
    page = form.submit("do", value="add")
    form = page.forms["dashboard"]
    form.fields["pane"][3].value = "portlet:today"
    form.fields["width"][3].value = "half"
    form = form.submit("do", value="up:3").forms["dashboard"]
    page = form.submit("do", value="save").follow()
    assert titles(page) == ["My tickets", "Without an owner", "My time today", "Newest"]
    assert "Printer jam" in page.html.select(".pane")[1].text

    def choose(page, deed):
        form = next(
            each for each in page.forms.values() if "/dashboards/" in each.action and each.id != "subscribe"
        )
        return form.submit("do", value=deed).follow()

    page = choose(page, "home")
    assert titles(jo.get("/")) == ["My tickets", "Without an owner", "My time today", "Newest"]
    choose(page, "usual")
    assert titles(jo.get("/")) == []


def test_it_is_changed_and_deleted(jo, db):
    form = jo.get("/dashboards/create").forms["dashboard"]
    form["name"] = "Old"
    page = form.submit("do", value="save").follow().click("Change")
    form = page.forms["dashboard"]
    form["name"] = "New"
    form = form.submit("do", value="remove:0").forms["dashboard"]
    page = form.submit("do", value="save").follow()
    assert (page.html.h1.text, titles(page)) == ("New", ["Without an owner", "Newest"])
    page = page.click("Change").forms["dashboard"].submit("do", value="delete").follow()
    assert "No dashboards yet" in page.text


@pytest.mark.parametrize(("name", "sentence"), [("", "a name"), ("x" * 201, "at most"), ("taken", "already")])
def test_a_name_that_does_not_hold_is_said_beside_the_field(root, work, name, sentence):
    make_dashboard(work, name="Taken", owner_id=None)
    form = root.get("/dashboards/create").forms["dashboard"]
    form["name"], form["owner"] = name, "everybody"
    page = form.submit("do", value="save", status=422)
    assert sentence in page.html.select_one("#field-name-error").text
    assert page.forms["dashboard"].fields["pane"][0].value == "portlet:mine"


def test_what_is_gone_or_broken_is_said_in_its_pane_and_the_rest_stands(root, work, make, db):
    make.ticket("Printer jam")
    good = save_search(work, name="Good", content=plain_content(Content("id > 0")), owner_id=None)
    broken = save_search(work, name="Broken", content={"query": "Colour = 'red'"}, owner_id=None)
    gone = save_search(work, name="Gone", content={}, owner_id=None)
    chart = plain_content(Content("id > 0", chart=ChartChoice(group_by=("Queue",))))
    drawn = save_search(work, name="Drawn", content=chart, owner_id=None)
    panes = [Pane(search_id=each.id) for each in (good, broken, gone)]
    panes += [Pane(CHART, search_id=drawn.id), Pane(PORTLET, portlet="nonsense")]
    board = make_dashboard(work, name="All", owner_id=None, panes=plain_panes(panes))
    delete_search(work, gone)
    page = root.get(f"/dashboards/{board.id}")
    shown = page.html.select(".pane")
    assert "Printer jam" in shown[0].text
    assert "There is no field Colour" in shown[1].text
    assert "gone, or not shared" in shown[2].text
    assert shown[3].select("svg.chart a")
    assert "no such pane" in shown[4].text


def test_rows_cost_no_queries(root, work, make, query_count):
    board = make_dashboard(
        work, name="All", owner_id=None, panes=plain_panes([Pane(PORTLET, portlet="newest")])
    )
    make.ticket("One")
    root.get(f"/dashboards/{board.id}")
    with query_count() as few:
        root.get(f"/dashboards/{board.id}")
    for number in range(15):
        make.ticket(f"More {number}")
    with query_count() as many:
        root.get(f"/dashboards/{board.id}")
    assert many.total <= few.total + 1  # the count, asked for only when a pane is not all


@pytest.fixture
def group(work, make, db):
    """The group Night shift with Jo in it, who may see and make its dashboards; Kim is not in it."""
    made = make_group(work, name="Night shift")
    put_into_group(work, made, make.staff("jo").id)
    make.staff("kim")
    for right in ("SeeGroupDashboard", "AdminGroupDashboard"):
        db.add(Ace(principal_id=made.id, right_name=right, object_type="group", object_id=made.id))
    db.flush()
    return made


def test_who_sees_and_changes_it_goes_by_its_owner(group, work, work_of):
    jo, kim = work_of("jo"), work_of("kim")
    own = make_dashboard(jo, name="Mine", owner_id=jo.actor.user_id)
    ours = make_dashboard(jo, name="Ours", owner_id=group.id)
    make_dashboard(work, name="All", owner_id=None)
    assert [each.name for each in dashboards(jo)] == ["Mine", "Ours", "All"]
    assert [each.name for each in dashboards(kim)] == ["All"]
    for row in (own, ours):
        with pytest.raises(Refused):
            delete_dashboard(kim, row)
    with pytest.raises(Refused, match="for everybody"):
        change_dashboard(jo, ours, name="Ours", owner_id=None, panes=MINE)


def test_the_home_page_is_ones_own_then_the_groups_then_everybodys(group, work, work_of):
    jo, kim = work_of("jo"), work_of("kim")
    everybodys = make_dashboard(work, name="All", owner_id=None)
    ours = make_dashboard(jo, name="Ours", owner_id=group.id)
    own = make_dashboard(jo, name="Mine", owner_id=jo.actor.user_id)
    set_home(work, everybodys, None)
    assert (home_of(jo), home_of(kim)) == (everybodys.id, everybodys.id)
    set_home(jo, ours, group.id)
    assert (home_of(jo), home_of(kim)) == (ours.id, everybodys.id)
    set_home(jo, own, jo.actor.user_id)
    assert home_of(jo) == own.id
    delete_dashboard(jo, own)
    assert home_of(jo) == ours.id
    with pytest.raises(Invalid, match="may see"):
        set_home(work, own := make_dashboard(work, name="Root's", owner_id=work.actor.user_id), None)
    assert own.id not in (home_of(jo), home_of(kim))


def test_shared_ones_are_in_the_log_of_the_set_up(work, db):
    row = make_dashboard(work, name="All", owner_id=None, panes=MINE)
    change_dashboard(work, row, name="All", owner_id=None, panes=[])
    make_dashboard(work, name="Mine", owner_id=work.actor.user_id)
    noted = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "dashboard").order_by(ConfigChange.id)
    ).all()
    assert [each.action for each in noted] == ["create", "change"]
    assert db.scalar(select(Dashboard.name).where(Dashboard.id == row.id)) == "All"


def test_panes_come_back_as_they_were_kept():
    panes = (Pane(search_id=7, rows=3, width="half"), Pane(CHART, search_id=1), Pane(PORTLET, portlet="mine"))
    assert panes_of(plain_panes(panes)) == panes
    assert panes_of([{"kind": "search", "search_id": 7, "sparkle": 1}]) == (Pane(search_id=7),)


def test_it_is_sent_by_mail_and_no_more(jo, work, db):
    board = make_dashboard(work, name="Morning", owner_id=None, panes=MINE)
    form = jo.get(f"/dashboards/{board.id}").forms["subscribe"]
    form["frequency"], form["month_day"], form["hour"] = "monthly", "15", "6"
    page = form.submit("do", value="subscribe").follow()
    assert "on day 15 of each month at 06:00, 10 rows" in page.text
    assert "next Sun 15 Mar 2026, 06:00" in page.text
    stop = next(each for each in page.forms.values() if "subscription" in each.fields)
    assert "on day 15" not in stop.submit("do", value="unsubscribe").follow().text
    form["hour"] = "25"
    assert "from 0 to 23" in form.submit("do", value="subscribe").follow().text


def test_files_and_signs_that_no_database_takes_break_no_form(root, work, token, db):
    board = make_dashboard(work, name="Morning", owner_id=None, panes=MINE)
    sent = {"csrf_token": token(root), "do": "save", "name": "a\x00b", "description": "\x00"}
    assert root.post("/dashboards/create", sent).status_int == 303
    assert db.scalar(select(Dashboard.name).where(Dashboard.owner_id.is_not(None))) == "ab"
    for path in ("/dashboards/create", f"/dashboards/{board.id}/modify", f"/dashboards/{board.id}"):
        for name in ("do", "name", "owner", "pane", "rows", "width", "frequency", "hour", "subscription"):
            fields = {key: value for key, value in sent.items() if key != name}
            answer = root.post(path, fields, upload_files=[(name, "x.txt", b"x")], expect_errors=True)
            assert answer.status_int in (200, 303, 422), (path, name)


def test_a_home_page_that_is_shared_no_longer_is_ones_home_page_no_longer(make, work, work_of):
    make.staff("lee")
    lee = work_of("lee")
    board = make_dashboard(work, name="All", owner_id=None)
    set_home(lee, board, lee.actor.user_id)
    assert home_of(lee) == board.id
    change_dashboard(work, board, name="All", owner_id=work.actor.user_id, panes=MINE)
    assert home_of(lee) is None


# --- what hostile staff try ---


def given(browser_token, **more):
    return {
        "csrf_token": browser_token,
        "name": "X",
        "do": "save",
        "pane": "portlet:mine",
        "rows": "5",
        **more,
    }


def test_nothing_is_kept_for_whom_one_may_not_keep_it(jo, make, work, db, token):
    make.grant(db.scalar(select(User).where(User.name == "jo")), "AdminGroupDashboard", "SeeGroupDashboard")
    other, kim = make_group(work, name="Others"), make.staff("kim")
    staff = db.scalar(select(Group.id).where(Group.name == "Privileged"))
    for owner in (
        "everybody",
        str(staff),
        str(other.id),
        str(kim.id),
        "1",
        "0",
        "-1",
        "9" * 18,
        "9" * 30,
        "x",
    ):
        page = jo.post("/dashboards/create", given(token(jo), owner=owner), status=422)
        assert page.html.select_one(".problems, .field-error"), owner
    assert db.scalars(select(Dashboard)).all() == []


def test_who_may_only_look_gets_no_form_and_changes_nothing(jo, make, work, db, token):
    shared = make_dashboard(work, name="Shared", owner_id=None, panes=MINE)
    private = make_dashboard(work, name="Canary", owner_id=work.actor.user_id, panes=MINE)
    jo.get(f"/dashboards/{shared.id}", status=200)
    for deed in ("save", "delete", "add", "remove:0"):
        jo.post(f"/dashboards/{shared.id}/modify", given(token(jo), do=deed, owner="me"), status=403)
    jo.get(f"/dashboards/{shared.id}/modify", status=403)
    for number in (private.id, 0, 10**17):
        for path in ("", "/modify"):
            assert "Canary" not in jo.get(f"/dashboards/{number}{path}", status=404).text
            for deed in ("home", "subscribe", "delete", "save"):
                more = {"frequency": "daily", "hour": "7", "rows": "5", "week_day": "0", "owner": "me"}
                jo.post(f"/dashboards/{number}{path}", given(token(jo), do=deed, **more), status=404)
    db.expire_all()
    assert [(each.name, each.disabled) for each in db.scalars(select(Dashboard).order_by(Dashboard.id))] == [
        ("Shared", False),
        ("Canary", False),
    ]
    assert db.scalars(select(DashboardSubscription)).all() == db.scalars(select(HomeDashboard)).all() == []


def test_a_form_without_an_owner_gives_it_to_nobody_else(root, work, db, token):
    shared = make_dashboard(work, name="Shared", owner_id=None, panes=MINE)
    root.post(f"/dashboards/{shared.id}/modify", given(token(root)), status=303)
    assert db.get(Dashboard, shared.id).owner_id is None


def test_looking_writes_nothing(jo, work, make, db, query_count):
    make.ticket("One")
    search = save_search(work, name="All", content={}, owner_id=None)
    panes = plain_panes(
        [Pane(search_id=search.id), Pane(CHART, search.id), Pane(PORTLET, portlet="reminders")]
    )
    shared = make_dashboard(work, name="Shared", owner_id=None, panes=panes)
    for path in (
        "/dashboards",
        f"/dashboards/{shared.id}",
        "/dashboards/create",
        "/search/saved",
        "/bookmarks",
    ):
        with query_count() as count:
            jo.get(path)
        wrote = [each for each in count.statements if each.split()[0] in ("INSERT", "UPDATE", "DELETE")]
        assert [each for each in wrote if "sessions" not in each] == [], path


def test_a_dashboard_of_slow_searches_takes_no_minutes(root, work, monkeypatch):
    panes = plain_panes([Pane(PORTLET, portlet="mine"), Pane(PORTLET, portlet="newest")])
    shared = make_dashboard(work, name="Slow", owner_id=None, panes=panes)
    seconds = iter(range(0, 10_000, 100))
    monkeypatch.setattr("rtpy.web.staff.dashboard.display.monotonic", lambda: next(seconds))
    page = root.get(f"/dashboards/{shared.id}")
    assert page.text.count("took too long") == 2


def test_what_makes_no_sense_in_the_database_is_as_usual():
    wrong = ({"kind": "x", "search_id": "7", "portlet": 3, "rows": -1, "width": []}, {"colour": "red"})
    assert panes_of(wrong) == (Pane(portlet="3"), Pane())
    assert len(panes_of([{}] * 500)) == 20
    content = {
        "query": 3,
        "precedence": "x",
        "order": [["a"], "b", ["c", "ASC"]],
        "rows": "9",
        "show_as": [],
        "chart": 7,
    }
    assert content_of(content) == Content(query="3", order=(("c", "ASC"),))
    assert content_of({"chart": {"measures": "sum", "group_by": ["Queue"]}}).chart == ChartChoice(
        group_by=("Queue",)
    )
