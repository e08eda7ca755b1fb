"""A22 to A32, A41 to A44 and A72: who reaches what through addresses, forms and mails, and what is logged of it."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import delete, inspect, select, text, update

from rtpy.changes.articles import ArticleText, make_article
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.membership import add_member, create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.content.part import plain_message
from rtpy.fields.definitions import all_fields
from rtpy.identity.passwords import verify_password
from rtpy.mail.outbox import raw_mail
from rtpy.models import (
    Ace,
    Article,
    ConfigChange,
    Draft,
    Group,
    OutgoingMail,
    OutgoingRecipient,
    Principal,
    Scrip,
    Template,
    Ticket,
    Transaction,
    User,
)
from rtpy.rights.grants import load_rights
from rtpy.rights.names import RIGHTS as ALL_RIGHTS
from tests.attacks.reviewed_routes import present, reviewed
from tests.attacks.routes import all_routes, path_of
from tests.domain.customfields.conftest import field
from tests.mail.letters import letter

__all__ = ["field"]

CANARY = "cnryhidden"
VOLATILE = {"web_sessions", "rate_counters", "drafts"}


def contents(db):
    """All rows of all tables, but for what counts requests and keeps half-typed texts."""
    db.flush()
    tables = set(inspect(db.connection()).get_table_names()) - VOLATILE
    return {
        name: sorted(repr(tuple(row)) for row in db.execute(text(f'SELECT * FROM "{name}"')))
        for name in tables
    }


def changed(db, before):
    """The names of the tables that are other than before."""
    db.expire_all()
    return sorted(name for name, rows in contents(db).items() if rows != before[name])


def send(browser, token, path, **given):
    return browser.post(path, {"csrf_token": token(browser), **given}, expect_errors=True)


@pytest.fixture
def staff(another, enter, make, db):
    """A browser with somebody of staff who holds these rights on the system: `staff("ned", "ModifyACL")`."""

    def staff(name, *rights, queue=None):
        person = make.staff(name)
        make.grant(person, *rights, queue=queue)
        db.commit()
        return enter(another(), person)

    return staff


@pytest.fixture
def world(make, work, db):
    """A ticket that all staff see and one in a queue that only root sees; the numbers of both."""
    board = make.queue("Board", granted=False)
    hidden = make.ticket(f"{CANARY} merger", queue="Board", text=CANARY, requestor="chair@board.example")
    seen = make.ticket("Printer")
    db.commit()
    said = db.scalars(
        select(Transaction.id).where(Transaction.object_type == "ticket", Transaction.type == "Create")
        .order_by(Transaction.id)
    ).all()  # fmt: skip
    return {
        "board": board.id,
        "hidden": hidden.id,
        "seen": seen.id,
        "hidden_txn": said[-2],
        "txn": said[-1],
        "missing": 987654,
    }


# --- A22: blind copies ----------------------------------------------------------------------------------------------


def test_a22_blind_copies_stand_on_no_page_of_who_may_not_see_outgoing_mail(
    root, another, enter, make, db, token
):
    ticket = make.ticket(cc=["bo@client.example"])
    lab = make.staff("lab")
    make.revoke("ShowOutgoingEmail", ticket.queue)
    db.commit()
    given = {"text": "Done.", "kind": "reply", "bcc": f"{CANARY}@other.example"}
    assert send(root, token, f"/ticket/{ticket.id}/reply", **given).status_int == 303
    mails = db.scalars(select(OutgoingMail).where(OutgoingMail.ticket_id == ticket.id)).all()
    told = set(db.scalars(select(OutgoingRecipient.address)))
    assert f"{CANARY}@other.example" in told
    browser = enter(another(), lab)
    for page in (f"/ticket/{ticket.id}/history", *(f"/ticket/{ticket.id}/mail/{mail.id}" for mail in mails)):
        assert CANARY not in browser.get(page, expect_errors=True)


# --- A23: order, filters and words ---------------------------------------------------------------------------------


OTHER = "cnrymissing"[: len(CANARY)].ljust(len(CANARY), "x")


def shown(browser, path):
    """A page without what differs from one time to the next."""
    page = browser.get(path, expect_errors=True).text
    return re.sub(r"[0-9a-f]{16,}|csrf_token\" value=\"[^\"]+\"", "", page)


def test_a23_hidden_tickets_shape_no_list_no_count_and_no_order(jo, root, world):
    """Whatever is asked of a list, who may not see a ticket gets the same answer as if it did not exist."""
    board, missing = str(world["board"]), str(world["missing"])
    pairs = [
        (f"/tickets?q={CANARY}", CANARY, OTHER),
        (f"/search?q={CANARY}", CANARY, OTHER),
        (f"/tickets?queue={board}", f"queue={board}", f"queue={missing}"),
        (f"/search?q={world['hidden']}", f"q={world['hidden']}", f"q={missing}"),
    ]
    for path, there, nowhere in pairs:
        page, other = shown(jo, path), shown(jo, path.replace(there, nowhere))
        assert "merger" not in page, path
        for word, stands in ((there, nowhere), (there.partition("=")[2] or there, nowhere.partition("=")[2])):
            page, other = page.replace(word, "?"), other.replace(stands or word, "?")
        if "queue=" not in path and "q=" + str(world["hidden"]) not in path:
            assert page == other, path
    for path in ("/", "/queue", "/tickets"):
        assert "Board" not in jo.get(path)
    assert "Board" in root.get("/queue")


def test_a23_a_hidden_field_is_on_no_page_and_is_not_searched(jo, root, app, token, db, field, world):
    secret = field("Secret", queue=None)
    ticket = world["seen"]
    given = {"cf_shown": str(secret), all_fields(app, db)[secret].input_name: CANARY}
    assert send(root, token, f"/ticket/{ticket}/modify", **given).status_int == 303
    assert CANARY in root.get(f"/ticket/{ticket}")
    for path in (f"/ticket/{ticket}", f"/ticket/{ticket}/history", f"/search?q={CANARY}", "/tickets"):
        page = jo.get(path, expect_errors=True).text
        assert "Secret" not in page, path
        assert f">{CANARY}" not in page, path
    found, other = (shown(jo, f"/search?q={word}").replace(word, "?") for word in (CANARY, OTHER))
    assert found == other


# --- A24: ids that grant access -------------------------------------------------------------------------------------


def test_a24_what_somebody_typed_is_not_given_to_others(jo, staff, world, token, db):
    send(jo, token, f"/ticket/{world['seen']}/draft", kind="reply", text=CANARY)
    assert db.scalars(select(Draft)).all() != []
    assert CANARY in jo.get(f"/ticket/{world['seen']}")
    assert CANARY not in staff("kim").get(f"/ticket/{world['seen']}")


# --- A25: paths -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "../rtpy.toml",
        "..%2frtpy.toml",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%252f..%252fetc/passwd",
        "....//....//etc/passwd",
        "..\\..\\etc\\passwd",
        "..%5c..%5cetc%5cpasswd",
        "%c0%ae%c0%ae/etc/passwd",
        "/etc/passwd",
        "//etc/passwd",
        "css/..%00/rtpy.css",
        "css/../../templates/login.pt",
        "css/%2e%2e/%2e%2e/templates/login.pt",
        "css/rtpy.css%00.png",
        "file:///etc/passwd",
        "~root/.bashrc",
    ],
)
def test_a25_no_spelling_leaves_the_folder_of_static_files(browser, path):
    assert browser.get("/static/css/rtpy.css").status_int == 200
    for spelled in (path, unquote(path)):
        answer = browser.request(
            "/static/x",
            environ={"PATH_INFO": f"/static/{spelled}".encode().decode("latin-1")},
            expect_errors=True,
        )
        assert answer.status_int in (400, 404), spelled
        assert "root:" not in answer


# --- A26: what each address takes -----------------------------------------------------------------------------------


def test_a26_every_address_and_method_was_reviewed(wsgi):
    """Who adds a page adds it to reviewed_routes.py, with what it takes."""
    assert present(wsgi) == reviewed()


def test_a26_every_address_of_the_router_has_a_reviewed_view(wsgi):
    assert {route.name for route in all_routes(wsgi)} - {"favicon"} <= {route for route, _ in reviewed()}


# A super-user gets in everywhere; that nobody else does is tried with the other rights.
RIGHTS = sorted(set(reviewed().values()) - {"staff", "open", "login", "any", "SuperUser"})
ABOUT_A_THING = {
    "ShowTicket",
    "ModifyTicket",
    "ForwardMessage",
    "ShowOutgoingEmail",
    "SeeQueue",
    "ShowArticleHistory",
}
MORE = {
    "ShowScrips": {"ModifyScrips"},
    "ShowTemplate": {"ModifyTemplate"},
    "AdminCustomFieldValues": {"AdminCustomField"},
    "AssignCustomFields": {"AdminCustomField"},
}
"""Rights besides its own that open a page."""


@pytest.mark.databases("sqlite")  # who holds what is asked by statements that other tests try on both
@pytest.mark.parametrize("right", ["", *(each for each in RIGHTS if each not in ABOUT_A_THING)])
def test_a26_a_right_opens_its_own_pages_and_no_other(right, staff, wsgi, world, token, field):
    own = field("Serial number")
    browser = staff("ned", *([right] if right else []))
    secret = token(browser)
    numbers = {"ticket": world["hidden"], "txn": world["hidden_txn"], "attachment": 1, "outgoing": 1}
    numbers |= {"queue": world["board"], "admin": world["board"], "admin.custom_field": own}
    bad, opened = [], 0
    for route in all_routes(wsgi):
        for method in ("GET", "POST"):
            wanted = reviewed().get((route.name, method))
            if wanted is None or wanted in ("staff", "open", "login"):
                continue
            path = path_of(route, numbers)
            answer = (
                browser.get(path, expect_errors=True)
                if method == "GET"
                else browser.post(path, {"csrf_token": secret}, expect_errors=True)
            )
            may = right == wanted or right in MORE.get(wanted, set())
            opened += may and answer.status_int not in (403, 404)
            if not may and answer.status_int not in (403, 404):
                bad.append((method, path, wanted, answer.status_int))
    assert bad == []
    assert opened or not right


# --- A27: numbers in forms ------------------------------------------------------------------------------------------

OBJECTS = {
    "merge": ("/ticket/{seen}/merge", {"into": "{hidden}"}),
    "merge from": ("/ticket/{hidden}/merge", {"into": "{seen}"}),
    "link": ("/ticket/{seen}/links", {"kind": "RefersTo", "other": "{hidden}"}),
    "move": ("/ticket/{seen}/modify", {"queue": "{board}"}),
    "create": (
        "/ticket/create",
        {"queue": "{board}", "subject": "x", "requestor": "ann@client.example", "text": "x"},
    ),
    "split": (
        "/ticket/{seen}/transaction/{txn}/split",
        {"queue": "{board}", "subject": "x", "requestor": "ann@client.example"},
    ),
    "split from": (
        "/ticket/{hidden}/transaction/{hidden_txn}/split",
        {"queue": "1", "subject": "x", "requestor": "ann@client.example"},
    ),
    "forward": ("/ticket/{hidden}/forward", {"to": "eve@evil.example", "text": "x"}),
    "watcher": ("/ticket/{hidden}/people", {"role": "Cc", "add": "eve@evil.example"}),
    "reminder": ("/ticket/{hidden}/reminders", {"deed": "add", "subject": "x"}),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_a27_a_number_in_a_form_is_asked_about_like_one_in_an_address(case, jo, root, world, token, db):
    path, given = OBJECTS[case]
    path = path.format(**world)
    given = {name: value.format(**world) for name, value in given.items()}
    before = contents(db)

    answer = send(jo, token, path, **given)

    assert changed(db, before) == []
    assert CANARY not in answer
    follow = jo.get("/")
    assert CANARY not in follow
    send(root, token, path, **given)
    assert changed(db, before) != [], "the same form of somebody who may changes something"


@pytest.mark.parametrize("case", ["merge", "link", "move", "create", "split"])
def test_a27_what_is_hidden_is_answered_like_what_is_not_there(case, jo, world, token):
    """The number of a hidden ticket or queue in a form tells neither that it exists nor what it is called."""
    path, given = OBJECTS[case]
    said = []
    for thing in ("hidden", "missing"):
        numbers = {
            **world,
            "hidden": world[thing],
            "board": world["board" if thing == "hidden" else "missing"],
        }
        answer = send(jo, token, path.format(**numbers), **{k: v.format(**numbers) for k, v in given.items()})
        page = jo.get(f"/ticket/{world['seen']}") if answer.status_int == 303 else answer
        told = page.html.select(".flash, .problems, .error, .field-error, [role=alert], [role=status]")
        words = " ".join(each.get_text(" ", strip=True) for each in told)
        number = str(numbers["board" if case in ("move", "create", "split") else "hidden"])
        said.append((answer.status_int, re.sub(rf"#?\b{number}\b", "N", words)))
        assert words, page.text
    assert said[0] == said[1]
    assert "Board" not in said[0][1]


def test_a27_a_message_of_another_ticket_is_not_forwarded_nor_split(root, world, token, db):
    before = contents(db)
    given = {"to": "eve@evil.example", "text": "x"}
    path = f"/ticket/{world['seen']}"
    assert send(root, token, f"{path}/forward", txn=str(world["hidden_txn"]), **given).status_int == 404
    split = {"queue": "1", "subject": "x", "requestor": "ann@client.example"}
    assert send(root, token, f"{path}/transaction/{world['hidden_txn']}/split", **split).status_int == 404
    assert changed(db, before) == []


def test_a27_a_field_that_one_may_not_set_is_not_set_by_its_number(jo, root, app, db, field, world, token):
    secret = field("Secret", queue=None)
    db.commit()
    name = all_fields(app, db)[secret].input_name
    given = {"cf_shown": str(secret), name: "x"}
    before = contents(db)
    send(jo, token, f"/ticket/{world['seen']}/modify", **given)
    assert changed(db, before) == []
    send(root, token, f"/ticket/{world['seen']}/modify", **given)
    assert "custom_field_contents" in changed(db, before)


# --- A28: what is taken away ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["reply", "comment", "modify", "merge", "links", "people", "forward", "draft"]
)
def test_a28_an_open_page_does_nothing_more_when_the_right_is_gone(path, jo, make, db, token, world):
    ticket = world["seen"]
    secret = token(jo)
    assert jo.get(f"/ticket/{ticket}").status_int == 200
    db.execute(delete(Ace).where(Ace.right_name.in_(("ShowTicket", "SuperUser")), Ace.object_type == "queue"))
    db.commit()
    before = contents(db)
    given = {"text": "late", "kind": "reply", "status": "resolved", "role": "Cc", "add": "x@y.example"}
    given |= {"to": "x@y.example", "into": "1", "other": "1", "subject": "late"}
    answer = jo.post(f"/ticket/{ticket}/{path}", {"csrf_token": secret, **given}, expect_errors=True)
    assert answer.status_int == 404
    assert changed(db, before) == []


@pytest.mark.parametrize("way", ["right", "class", "person"])
def test_a28_articles_close_at_once_too(way, staff, work, db, make):
    made = make_class(work, ClassValues("How to"))
    article = make_article(work, made, ArticleText("Doors", "", CANARY))
    db.commit()
    browser = staff("ned")
    ned = db.scalars(select(User).where(User.name == "ned")).one()
    db.add(Ace(principal_id=ned.id, right_name="ShowArticle", object_type="class", object_id=made.id))
    db.commit()
    assert CANARY in browser.get(f"/articles/{article.id}")
    if way == "person":
        db.get(Principal, ned.id).disabled = True
    elif way == "class":
        db.execute(update(Ace).where(Ace.object_type == "class").values(object_id=Ace.object_id + 1000))
    else:
        db.execute(delete(Ace).where(Ace.right_name == "ShowArticle"))
    db.commit()
    answer = browser.get(f"/articles/{article.id}", expect_errors=True)
    assert answer.status_int in (303, 404)
    assert CANARY not in browser.get("/articles", expect_errors=True)


# --- A29: fields that a form does not have --------------------------------------------------------------------------

EXTRA = {
    "id": "1", "Id": "1", "creator": "1", "creator_id": "1", "Creator": "1", "created": "2001-01-01",
    "privileged": "1", "Privileged": "1", "disabled": "1", "Disabled": "1", "password_hash": "x",
    "Password": "opensesame1", "password": "opensesame1", "email_address": "root@evil.example", "name": "evil",
    "gecos": "evil", "comments": "evil", "organization": "1", "merged_into_id": "1", "undeliverable": "9",
    "principal_id": "1", "domain": "SystemInternal", "lifecycle": "approvals", "type": "reminder",
    "Bcc": "eve@evil.example", "last_updated": "2001-01-01", "worked": "9", "resolved": "2001-01-01", "told_by": "1",
    "lookup": "queue", "class_id": "1", "stage": "batch", "version": "99", "session_id": "1",
}  # fmt: skip


def test_a29_ones_own_account_takes_ones_own_fields_only(staff, token, db):
    browser = staff("ned", "ModifySelf")
    ned = db.scalars(select(User).where(User.name == "ned")).one()
    before = contents(db)
    assert (
        send(browser, token, "/account", real_name="Ned N.", addresses="eve@evil.example", **EXTRA).status_int
        == 303
    )
    assert changed(db, before) == ["configurations", "transactions", "users"]  # others read names anew
    db.expire_all()
    kept = {name: getattr(ned, name) for name in ("name", "gecos", "comments", "password_hash")}
    assert kept == {
        "name": "ned",
        "gecos": "",
        "comments": "",
        "password_hash": None,
    }
    assert (ned.real_name, ned.merged_into_id, ned.undeliverable) == ("Ned N.", None, 0)
    assert not db.get(Principal, ned.id).disabled
    assert not load_rights(db, ned.id).super_user


def test_a29_a_new_ticket_takes_no_more_than_its_form(jo, token, db):
    given = {"queue": "1", "subject": "New", "requestor": "ann@client.example", "text": "x"}
    number = db.scalar(text("SELECT id FROM queues WHERE name = 'General'"))
    more = {name: value for name, value in EXTRA.items() if name not in ("organization",)}
    assert send(jo, token, "/ticket/create", **{**given, "queue": str(number)}, **more).status_int == 303
    ticket = db.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
    jo_id = db.scalar(select(User.id).where(User.name == "jo"))
    assert (ticket.subject, ticket.creator_id, ticket.merged_into_id, ticket.type) == (
        "New",
        jo_id,
        None,
        "ticket",
    )
    assert ticket.created.year == 2026
    assert "eve@evil.example" not in set(db.scalars(select(OutgoingRecipient.address)))


def test_a29_a_ticket_is_not_changed_beside_its_fields(jo, token, db, world):
    ticket = db.get_one(Ticket, world["seen"])
    kept = ("id", "creator_id", "created", "merged_into_id", "type", "queue_id")
    before = [getattr(ticket, name) for name in kept]
    more = {name: value for name, value in EXTRA.items() if name not in ("organization",)}
    assert send(jo, token, f"/ticket/{ticket.id}/modify", priority="7", **more).status_int == 303
    db.expire_all()
    assert (ticket.priority, [getattr(ticket, name) for name in kept]) == (7, before)


def test_a29_a_group_and_an_article_take_no_more_than_their_forms(staff, token, db, work):
    browser = staff("ned", "AdminGroup", "SeeGroup")
    more = {name: value for name, value in EXTRA.items() if name != "name"}
    assert (
        send(browser, token, "/admin/groups/create", name="Helpers", description="", **more).status_int == 303
    )
    group = db.scalars(select(Group).where(Group.name == "Helpers")).one()
    assert (group.domain, db.get(Principal, group.id).disabled) == ("UserDefined", False)
    made = make_class(work, ClassValues("How to"))
    writer = staff("kim", "CreateArticle", "ShowArticle", "SeeClass")
    given = {"class": str(made.id), "name": "Doors", "summary": "", "content": "x"}
    more.pop("class_id")
    assert send(writer, token, "/articles/create", **given, **more).status_int == 303
    article = db.scalars(select(Article)).one()
    assert article.creator_id == db.scalar(select(User.id).where(User.name == "kim"))
    assert not article.disabled


# --- A30: merging ---------------------------------------------------------------------------------------------------


def test_a30_mail_to_the_old_number_lands_in_the_new_ticket_and_shows_nothing_of_it(
    post, db, make, work, app
):
    first = make.ticket("Printer")
    hidden = make.ticket(f"{CANARY} merger", requestor="chair@board.example", text=CANARY)
    change_ticket(work, hidden, Comment(plain_message(f"{CANARY} note")))
    change_ticket(work, first, MergeInto(hidden))
    db.commit()
    last = db.scalar(text("SELECT coalesce(max(id), 0) FROM outgoing_mails"))

    row = post(letter("Is it done?", subject=f"[rtpy #{first.id}] Printer"))

    assert row.ticket_id == hidden.id
    for number in db.scalars(select(OutgoingMail.id).where(OutgoingMail.id > last)):
        told = set(db.scalars(select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == number)))
        if "ann@client.example" in told:
            assert f"{CANARY} note".encode() not in raw_mail(app, db, number)
            assert f"\n{CANARY}".encode() not in raw_mail(app, db, number)


# --- A31: the ladder ------------------------------------------------------------------------------------------------


@pytest.fixture
def keeper(staff, make, world):
    """A browser with somebody who administers the queue General and nothing else."""
    rights = (
        "AdminQueue",
        "ModifyACL",
        "ShowACL",
        "ModifyScrips",
        "ShowScrips",
        "ModifyTemplate",
        "ShowTemplate",
    )
    rights += ("ModifyQueueWatchers", "AssignCustomFields", "ShowTicket", "SeeQueue")
    browser = staff("ned", *rights, queue=make.queue())
    return browser


def steps(db, world):
    """Forms by which somebody would climb: (path, fields)."""
    ned = db.scalar(select(User.id).where(User.name == "ned"))
    root = db.scalar(select(User.id).where(User.name == "root"))
    general = db.scalar(text("SELECT id FROM queues WHERE name = 'General'"))
    scrip, template = db.scalars(select(Scrip.id)).first(), db.scalars(select(Template.id)).first()
    group = db.scalar(select(Group.id).where(Group.name == "Powers"))
    new = {"description": "x", "condition": "On Create", "action": "Set Priority", "action_argument": "9",
           "template": "Blank", "stage": "create", "deed": "save"}  # fmt: skip
    text_ = {"name": "Mine", "content": "x", "description": "", "lang": "", "deed": "save"}
    return {
        "right on the system": (
            "/admin/rights",
            {"kind": "system", "deed": "save", "change": f"+p{ned}:AdminUsers"},
        ),
        "right on another queue": (
            "/admin/rights",
            {"kind": "queue", "id": str(world["board"]), "deed": "save", "change": f"+p{ned}:ShowTicket"},
        ),
        "right that is not held": (
            "/admin/rights",
            {"kind": "queue", "id": str(general), "deed": "save", "change": f"+p{ned}:ForwardMessage"},
        ),
        "open a queue": (
            "/admin/grants",
            {"queue": str(world["board"]), "right": "CreateTicket", "deed": "grant"},
        ),
        "scrip of every queue": ("/admin/scrips/create", new),
        "scrip of another queue": ("/admin/scrips/create", {**new, "queues": str(world["board"])}),
        "scrip of the system": (f"/admin/scrips/{scrip}", new),
        "template of every queue": ("/admin/templates/create", text_),
        "template of another queue": ("/admin/templates/create", {**text_, "queue": str(world["board"])}),
        "template of the system": (f"/admin/templates/{template}", text_),
        "older template": (f"/admin/templates/{template}/versions", {"number": "1"}),
        "group": (f"/admin/groups/{group}/members", {"deed": "join"}),
        "member": (f"/admin/groups/{group}/members", {"deed": "add", "member": "ned"}),
        "password": (f"/admin/users/{root}", {"deed": "save", "password": "opensesame1", "name": "root"}),
        "address": (f"/people/{root}/modify", {"email_address": "ned@evil.example"}),
        "further address": (
            f"/admin/users/{root}",
            {"deed": "save", "addresses": "ned@evil.example", "name": "root"},
        ),
        "account": ("/admin/users/create", {"name": "evil", "privileged": "1", "password": "opensesame1"}),
        "account of a person": ("/people/create", {"name": "evil", "email_address": "e@evil.example"}),
        "merge": (f"/admin/users/{ned}/merge", {"other": "root", "deed": "merge", "merged": str(root)}),
        "session": (f"/admin/users/{root}/sessions", {"deed": "all"}),
        "login as": ("/admin/rights/see_as", {"deed": "look", "who": "root"}),
        "lifecycle": ("/admin/lifecycles/create", {"name": "evil", "copy": "default"}),
        "schedule": ("/admin/schedules/create", {"name": "evil", "deed": "save"}),
        "recurring": ("/admin/recurring/create", {"name": "evil", "deed": "save"}),
        "role": ("/admin/custom-roles/create", {"name": "Evil", "deed": "save"}),
        "field": ("/admin/custom-fields/create", {"name": "Evil", "type": "Freeform", "deed": "save"}),
        "class": ("/admin/classes/create", {"name": "Evil", "deed": "save"}),
        "queue": ("/admin/queues/create", {"name": "Evil", "deed": "save"}),
        "another queue": (f"/admin/queues/{world['board']}", {"name": "Evil", "deed": "save"}),
        "watcher of another queue": (
            f"/admin/queues/{world['board']}/watchers",
            {"role": "AdminCc", "add": "ned", "deed": "add"},
        ),
        "mail": ("/admin/mail/outgoing/hold_all", {"deed": "hold"}),
    }


def test_a31_who_keeps_one_queue_climbs_nowhere(keeper, world, make, db, token):
    group = create_group(make.system, "Powers")
    make.grant(group, "SuperUser")
    db.commit()
    climbed = []
    for name, (path, given) in steps(db, world).items():
        before = contents(db)
        answer = send(keeper, token, path, **given)
        if changed(db, before) or answer.status_int >= 500:
            climbed.append((name, answer.status_int, changed(db, before)))
    assert climbed == []


def test_a31_with_every_right_but_superuser_nobody_becomes_one(staff, world, make, db, token):
    group = create_group(make.system, "Powers")
    make.grant(group, "SuperUser")
    browser = staff("ned", *(right for right in ALL_RIGHTS if right != "SuperUser"))
    ned = db.scalar(select(User.id).where(User.name == "ned"))
    root = db.scalars(select(User).where(User.name == "root")).one()
    kept = (root.password_hash, root.email_address, root.name)
    for path, given in steps(db, world).values():
        assert send(browser, token, path, **given).status_int < 500
    for change in (f"+p{ned}:SuperUser", f"+p{group.id}:ShowTicket"):
        send(browser, token, "/admin/rights", kind="system", deed="save", change=change)
    db.expire_all()
    assert not load_rights(db, ned).super_user
    assert (root.password_hash, root.email_address, root.name) == kept
    assert root.merged_into_id is None
    assert not db.get(Principal, root.id).disabled
    assert add_member(make.system, group, ned), "the group of super-users was not joined before"


# --- A32 ------------------------------------------------------------------------------------------------------------


def test_a32_no_address_is_changed_by_asking_with_the_fields_of_its_form(root, world, make, db, wsgi):
    """The very forms that climb, as questions: nothing is done, whatever the method is called."""
    create_group(make.system, "Powers")
    make.staff("ned")
    db.commit()
    before = contents(db)
    for path, given in (*steps(db, world).values(), *((p.format(**world), g) for p, g in OBJECTS.values())):
        fields = {name: value.format(**world) if "{" in value else value for name, value in given.items()}
        for headers in ({}, {"X-HTTP-Method-Override": "POST"}):
            root.get(path, {**fields, "_method": "POST"}, headers=headers, expect_errors=True)
        root.head(path, fields, expect_errors=True)
    assert changed(db, before) == []


# --- A41, A43, A44: headers that say who one is, hosts that shape links, addresses of others -----------------------


@pytest.mark.parametrize("value", ["root", "root@localhost", "cm9vdA=="])
def test_a41_no_header_logs_anybody_in(browser, value):
    names = (
        "X-Remote-User",
        "Remote-User",
        "X-Forwarded-User",
        "X-Auth-Request-User",
        "X-WEBAUTH-USER",
        "X-User",
    )
    headers = dict.fromkeys(names, value) | {"Authorization": f"Basic {value}"}
    environ = {"REMOTE_USER": value, "HTTP_REMOTE_USER": value, "AUTH_TYPE": "Basic"}
    answer = browser.get("/", headers=headers, extra_environ=environ, expect_errors=True)
    assert (answer.status_int, "/login" in answer.headers["Location"]) == (303, True)
    secret = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)[1]
    given = {"csrf_token": secret, "name": "evil", "password": "opensesame1"}
    made = browser.post(
        "/admin/users/create", given, headers=headers, extra_environ=environ, expect_errors=True
    )
    assert made.status_int == 403


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-Host"])
def test_a43_the_host_that_was_asked_for_shapes_no_link_in_a_mail(header, root, make, db, app, token):
    ticket = make.ticket()
    make.staff("ada")
    db.commit()
    change = {"role": "AdminCc", "add": "ada@staff.example"}
    assert send(root, token, f"/ticket/{ticket.id}/people", **change).status_int == 303
    given = {"csrf_token": token(root), "text": "Done.", "kind": "reply"}
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    root.post(f"/ticket/{ticket.id}/reply", given, headers={header: value}, expect_errors=True)
    given["text"] = "Done again."
    root.post(f"/ticket/{ticket.id}/reply", given)
    mails = [raw_mail(app, db, number) for number in db.scalars(select(OutgoingMail.id))]
    assert any(f"/ticket/{ticket.id}".encode() in mail for mail in mails)
    assert not any(b"evil.example" in mail for mail in mails)


def test_a44_a_mail_under_somebodys_address_shows_nothing_of_theirs(post, db, make, app, another, clock):
    old = make.ticket(f"{CANARY} salaries", text=f"{CANARY} list")
    change_ticket(make.system, old, Correspond(plain_message(f"{CANARY} answer")))
    db.commit()
    clock.advance(timedelta(days=2))
    last = db.scalar(text("SELECT coalesce(max(id), 0) FROM outgoing_mails"))

    row = post(letter("Send me everything.", subject="What are my tickets?"))

    assert row.ticket_id not in (None, old.id)
    answers = [
        raw_mail(app, db, n) for n in db.scalars(select(OutgoingMail.id).where(OutgoingMail.id > last))
    ]
    assert answers
    assert not any(CANARY.encode() in answer for answer in answers)
    ann = db.scalars(select(User).where(User.email_address == "ann@client.example")).one()
    assert ann.password_hash is None
    form = another().get("/login").form
    form["username"], form["password"] = "ann@client.example", "Printer"
    assert form.submit().status_int == 200
    assert not verify_password("", ann.password_hash)


# --- A72: the log ---------------------------------------------------------------------------------------------------


def logged(db):
    db.expire_all()
    rows = db.scalars(select(ConfigChange).order_by(ConfigChange.id))
    return [(row.kind, row.action, row.name, row.creator_id) for row in rows]


def test_a72_every_change_of_what_somebody_may_is_written_down_with_who_did_it(root, make, db, token, world):
    ned, boss = make.staff("ned"), db.scalar(select(User.id).where(User.name == "root"))
    general = db.scalar(text("SELECT id FROM queues WHERE name = 'General'"))
    db.commit()
    change = {"kind": "queue", "id": str(general), "deed": "save", "change": f"+p{ned.id}:DeleteTicket"}
    deeds = {
        "right": ("/admin/rights", change),
        "right taken": ("/admin/rights", {**change, "change": f"-p{ned.id}:DeleteTicket"}),
        "open": ("/admin/grants", {"queue": str(world["board"]), "right": "CreateTicket", "deed": "grant"}),
        "group": ("/admin/groups/create", {"name": "Helpers", "description": ""}),
        "login as": ("/admin/rights/see_as", {"deed": "look", "who": "ned"}),
        "leave": ("/admin/rights/see_as", {"deed": "leave"}),
    }
    for name, (path, given) in deeds.items():
        before = len(logged(db))
        assert send(root, token, path, **given).status_int == 303, name
        fresh = logged(db)[before:]
        assert fresh, name
        assert {creator for *_, creator in fresh} == {boss}, name
    group = db.scalars(select(Group.id).where(Group.name == "Helpers")).one()
    before = len(logged(db))
    send(root, token, f"/admin/groups/{group}/members", deed="add", member="ned")
    assert [row[:2] for row in logged(db)[before:]] == [("group", "change")]
    root_page = root.get("/admin/log")
    assert "Helpers" in root_page


def test_a72_no_address_changes_or_empties_the_log(root, make, db, token, wsgi, world):
    send(root, token, "/admin/groups/create", name="Helpers", description="")
    rows = [tuple(row) for row in db.execute(text("SELECT * FROM config_changes ORDER BY id"))]
    assert rows
    secret, number = token(root), rows[0][0]
    for path in (
        "/admin/log",
        f"/admin/log/{number}",
        f"/admin/log?id={number}",
        f"/admin/log/{number}/delete",
    ):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = root.request(
                path,
                method=method,
                body=f"csrf_token={secret}&deed=delete&id={number}&item={number}".encode(),
                content_type="application/x-www-form-urlencoded",
                headers={"X-CSRF-Token": secret},
                expect_errors=True,
            )
            assert answer.status_int in (403, 404, 405), (method, path)
    numbers = {"ticket": world["seen"], "txn": world["txn"], "attachment": 1, "outgoing": 1}
    for route in all_routes(wsgi):
        if route.name not in ("logout", "sessions"):
            given = {"csrf_token": secret, "deed": "delete", "id": str(number), "kind": "config_change"}
            root.post(path_of(route, numbers).partition("?")[0], given, expect_errors=True)
    now = [tuple(row) for row in db.execute(text("SELECT * FROM config_changes ORDER BY id"))]
    assert now[: len(rows)] == rows


@pytest.mark.parametrize("name", ["x\r\nroot made peace", "\u202eetalpmet", "<b>x</b>", "x\x00y"])
def test_a72_a_name_forges_no_line_of_the_log(name, root, db, token):
    answer = send(root, token, "/admin/groups/create", name=name, description="")
    assert answer.status_int in (303, 422)
    page = root.get("/admin/log")
    assert "<b>x</b>" not in page
    for row in db.scalars(select(ConfigChange)):
        assert "\n" not in row.name
        assert "\x00" not in row.name
