"""A25, A49, A50 and A51: what administrators write and what strangers write is data, never a program."""

import re
import time

import pytest
from sqlalchemy import select, text

from rtpy.changes.articles import ArticleText, make_article
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message
from rtpy.fields.definitions import all_fields
from rtpy.initialdata.all import SECTIONS
from rtpy.initialdata.reading import load, parse
from rtpy.mail.outbox import raw_mail
from rtpy.mail.transport import SendmailTransport
from rtpy.models import OutgoingMail, Queue, Scrip, Template, Ticket, User
from tests.domain.customfields.conftest import field
from tests.mail.letters import letter

__all__ = ["field"]


def send(browser, token, path, **given):
    return browser.post(path, {"csrf_token": token(browser), **given}, expect_errors=True)


# --- A49: templates and expressions are no programs -----------------------------------------------------------------

EVIL_TEMPLATES = (
    "{{ ticket.__class__ }}",
    "{{ ticket['__class__'] }}",
    "{{ ticket.subject.__class__.__mro__ }}",
    "{{ ticket._sa_instance_state }}",
    "{{ actor.password_hash }}",
    "{{ self }}",
    "{{ request.environ }}",
    "{{ config.secret_key }}",
    "{% include '/etc/passwd' %}",
    "{% render '../../etc/rtpy.toml' %}",
    "{% import 'os' %}",
    "{% extends 'page.pt' %}",
    "{ $Ticket->CurrentUser->SetPassword('x') }",
)
HARMLESS_TEMPLATES = ("{{ rtname.__globals__ }}", "{{ ticket.subject | safe }}", "{ system('id') }")
"""May be saved, and give nothing."""
EVIL_EXPRESSIONS = (
    "__import__('os').system('id')",
    "ticket.__class__",
    "().__class__.__mro__[1].__subclasses__()",
    "open('/etc/passwd').read()",
    "ticket.subject.format(x=1)",
    "[x for x in (1,)]",
    "9**9**9",
    "exec('x')",
    "lower.__globals__",
    "actor.password_hash",
    "field(ticket.subject)",
)


@pytest.mark.parametrize("content", EVIL_TEMPLATES)
def test_a49_no_template_of_the_browser_reaches_beyond_its_values(content, root, token, db):
    form = {"name": "Evil", "queue": "", "lang": "", "description": "", "content": content, "ticket": ""}
    for deed in ("save", "preview"):
        answer = send(root, token, "/admin/templates/create", deed=deed, **form)
        assert answer.status_int == 422
        assert "root:" not in answer
    assert db.scalar(select(Template.id).where(Template.name == "Evil")) is None


@pytest.mark.parametrize("content", [*EVIL_TEMPLATES, *HARMLESS_TEMPLATES])
def test_a49_a_template_that_got_in_all_the_same_reaches_nothing(content, db, make, work, app):
    """Such as one that was written into the database by hand: the mail is left out or empty, never a secret."""
    for row in db.scalars(select(Template).where(Template.content != "")):
        row.content = f"Subject: x\n\nbefore {content} after"
    db.commit()
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(plain_message("Hi")))
    secrets = (b"argon2", b"<class", b"<bound", b"object at 0x", b"root:", app.config.secret_key().encode())
    for number in db.scalars(select(OutgoingMail.id)):
        raw = raw_mail(app, db, number)
        assert not any(secret in raw for secret in secrets)


@pytest.mark.parametrize("expression", EVIL_EXPRESSIONS)
def test_a49_no_expression_of_the_browser_is_python(expression, root, token, db):
    given = {
        "description": "Evil",
        "condition": "By Expression",
        "expression": expression,
        "action": "Set Priority",
        "action_argument": "5",
        "template": "Blank",
        "stage": "create",
        "deed": "save",
    }
    answer = send(root, token, "/admin/scrips/create", **given)
    assert answer.status_int == 422
    assert "Column" in answer
    assert db.scalar(select(Scrip.id).where(Scrip.description == "Evil")) is None


def test_a49_the_same_forms_save_what_is_good(root, token, db):
    form = {"name": "Good", "queue": "", "lang": "", "description": "", "content": "{{ ticket.subject }}"}
    assert send(root, token, "/admin/templates/create", deed="save", **form).status_int == 303
    given = {
        "description": "Good",
        "condition": "By Expression",
        "expression": "ticket.priority > 5",
        "action": "Set Priority",
        "action_argument": "5",
        "template": "Blank",
        "stage": "create",
        "deed": "save",
    }
    assert send(root, token, "/admin/scrips/create", **given).status_int == 303


LOOKS_LIKE_ONE = (
    "{{ 7191 | times: 7 }}",
    "${7191*7}",
    "${structure: 7191*7}",
    "<?python x = 7191*7 ?>",
    "{% assign x = 7191 %}{{ x | times: 7 }}",
    "{$TicketId}",
    "<b tal:content='python: 7191*7'>x</b>",
    "#{7191*7}",
    "%(subject)s {0.__class__}",
)


@pytest.mark.parametrize("said", LOOKS_LIKE_ONE)
def test_a49_what_looks_like_a_template_in_a_mail_is_text_on_every_page_and_in_every_mail(
    said, post, root, db, app, token
):
    number = post(letter(f"{said}\n", subject=said)).ticket_id
    assert send(root, token, f"/ticket/{number}/reply", text=f"{said} too", kind="reply").status_int == 303
    for path in (f"/ticket/{number}", f"/ticket/{number}/history", "/tickets", f"/search?q={number}", "/"):
        page = root.get(path, expect_errors=True)
        assert "50337" not in page
        assert page.status_int < 400
    shown = root.get(f"/ticket/{number}").html.get_text(" ")
    assert " ".join(said.split()) in " ".join(shown.split())
    mails = [
        raw_mail(app, db, each).decode("utf-8", "replace") for each in db.scalars(select(OutgoingMail.id))
    ]
    assert mails
    assert not any("50337" in mail or "<class" in mail for mail in mails)


@pytest.mark.parametrize("said", LOOKS_LIKE_ONE)
def test_a49_and_so_it_is_in_names_of_queues_people_fields_and_articles(
    said, root, db, make, work, field, app
):
    queue = make.queue("Shop")
    queue.name = queue.description = said
    made = make_class(work, ClassValues(said))
    article = make_article(work, made, ArticleText(said, said, said))
    make.customer("ann@client.example", said)
    field(said)
    db.commit()
    ticket = make.ticket(said, queue=said)
    change_ticket(work, ticket, Correspond(plain_message("Hi")))
    db.commit()
    paths = (
        f"/ticket/{ticket.id}",
        "/queue",
        "/admin/queues",
        "/admin/custom-fields",
        "/articles",
        "/people",
    )
    for path in (*paths, f"/articles/{article.id}", "/admin/classes", "/admin/log", "/admin/rights"):
        page = root.get(path)
        assert "50337" not in page, path
    for number in db.scalars(select(OutgoingMail.id)):
        assert b"50337" not in raw_mail(app, db, number)


def test_a49_a_template_without_end_holds_nobody_up(root, token):
    loops = "".join(f"{{% for {name} in (1..1000) %}}" for name in "abc")
    content = f"{loops}x{'{% endfor %}' * 3}"
    began = time.monotonic()
    answer = send(root, token, "/admin/templates/create", deed="preview", name="x", content=content)
    assert answer.status_int == 422
    assert time.monotonic() - began < 20


# --- A25: names that would be paths ---------------------------------------------------------------------------------

PATHS = (
    "../../../etc/passwd",
    "..\\..\\etc\\passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "%2e%2e%2fetc%2fpasswd",
)


@pytest.mark.parametrize("name", PATHS)
def test_a25_the_name_of_a_template_or_an_article_opens_no_file(name, root, token, db, work, app, make):
    form = {"name": name, "queue": "", "lang": "", "description": "", "content": "Hello", "deed": "save"}
    assert send(root, token, "/admin/templates/create", **form).status_int == 303
    made = make_class(work, ClassValues(name))
    article = make_article(work, made, ArticleText(name, "", name))
    db.commit()
    number = db.scalar(select(Template.id).where(Template.name == name))
    for path in (f"/admin/templates/{number}", f"/articles/{article.id}", "/admin/templates", "/articles"):
        assert "root:" not in root.get(path)
    assert "root:" not in root.get("/admin/templates/create", {"name": name})


@pytest.mark.parametrize("name", PATHS)
def test_a25_a_set_up_file_reads_no_other_file(name, work, db):
    loaded = f"""
[[templates]]
name = '{name}'
content = "Hello"
"""
    load(work, parse(loaded, SECTIONS), SECTIONS)
    row = db.scalars(select(Template).where(Template.name == name)).one()
    assert row.content == "Hello"


# --- A50: words that would be SQL -----------------------------------------------------------------------------------

WORDS = (
    "'",
    "\"'`;--",
    "' OR 1=1 --",
    "'); DROP TABLE tickets; --",
    "1) UNION SELECT password_hash FROM users --",
    "%' AND password_hash LIKE '$argon%",
    "%%%___\\",
    ":wanted %(x)s ? $1",
    "id; SELECT pg_sleep(9)",
    "\x00",
    "9" * 400,
    "-1",
    "1e9",
    "٣",
    "\ud7ff\U0010ffff",
    "(" * 500,
)
LISTS = {
    "/tickets": (
        "q",
        "queue",
        "owner",
        "status",
        "requestor",
        "sort",
        "order",
        "page",
        "fields",
        "organization",
    ),
    "/search": ("q", "page"),
    "/people": ("q", "page", "kind", "sort"),
    "/organisations": ("q", "page", "sort"),
    "/articles": ("q", "page", "class", "topic", "sort"),
    "/assets": ("q", "page", "catalog", "status", "sort"),
    "/admin/users": ("q", "page", "kind", "disabled", "sort"),
    "/admin/groups": ("q", "page", "disabled"),
    "/admin/log": ("q", "page", "kind", "object"),
    "/admin/scrips": ("q", "page", "queue"),
    "/admin/templates": ("q", "page", "queue"),
    "/admin/queues": ("q", "page", "disabled"),
    "/admin/custom-fields": ("q", "page", "lookup"),
    "/admin/rights": ("kind", "id", "q", "holder"),
    "/admin/rights/explain": ("who", "right", "kind", "id", "ticket"),
    "/admin/classes": ("q", "page"),
    "/admin/topics": ("q", "page", "class"),
    "/admin/mail/incoming": ("q", "state", "page", "before", "after"),
    "/admin/mail/outgoing": ("q", "state", "page", "before", "after"),
    "/admin/templates/create": ("name", "queue"),
    "/ticket/create": ("queue", "requestor", "organization"),
}


def questions(names, database_kind):
    """Every parameter with every word: each alone on PostgreSQL, which refuses more.

    On SQLite the words that full text reads are asked alone, of the others one of each in a request.
    """
    if database_kind == "postgresql":
        return [{name: word} for name in names for word in WORDS]
    together = [
        {name: WORDS[(start + place) % len(WORDS)] for place, name in enumerate(names)}
        for start in range(len(WORDS))
    ]
    return together + [{"q": word} for word in WORDS if "q" in names and len(names) > 1]


@pytest.mark.parametrize("path", LISTS)
def test_a50_no_parameter_of_a_list_is_sql(path, root, make, db, database_kind):
    make.ticket()
    make.organization("Client", "client.example")
    db.commit()
    people = db.scalar(text("SELECT count(*) FROM users"))
    bad = []
    for given in questions(LISTS[path], database_kind):
        answer = root.get(path, given, expect_errors=True)
        if answer.status_int >= 500 or "argon2" in answer or "sqlalchemy" in answer.text.lower():
            bad.append((given, answer.status_int))
    assert bad == []
    assert db.scalar(text("SELECT count(*) FROM users")) == people


@pytest.mark.parametrize(
    "name", ["x' OR '1'='1", 'a"b', "x); DROP TABLE tickets; --", ":x %(y)s ?", "a%b_c\\"]
)
def test_a50_the_name_of_a_field_is_no_sql(name, root, make, db, field, token, app):
    number = field(name)
    ticket = make.ticket()
    db.commit()
    assert all_fields(app, db)[number].input_name in root.get("/ticket/create")
    expression = {"condition": "By Expression", "expression": f"field({name!r}) == 'x'", "description": "F"}
    given = {
        **expression,
        "action": "Set Priority",
        "action_argument": "5",
        "template": "Blank",
        "stage": "create",
    }
    assert send(root, token, "/admin/scrips/create", deed="save", **given).status_int == 303
    change_ticket(make.system, ticket, Correspond(plain_message("Hi")))
    assert db.scalar(text("SELECT count(*) FROM tickets")) >= 1


@pytest.mark.parametrize("word", WORDS)
def test_a50_no_field_of_a_form_is_sql(word, root, make, db, token):
    ticket = make.ticket()
    db.commit()
    word = word.encode("utf-8", "replace").decode()
    forms = {
        f"/ticket/{ticket.id}/modify": (
            "owner",
            "queue",
            "status",
            "priority",
            "due",
            "organization",
            "site",
        ),
        f"/ticket/{ticket.id}/people": ("add", "remove", "squelch"),
        f"/ticket/{ticket.id}/links": ("other", "remove"),
        f"/ticket/{ticket.id}/merge": ("into",),
        "/admin/groups/create": ("name",),
        "/admin/rights": ("change", "kind", "id"),
        "/admin/rights/see_as": ("who",),
    }
    secret = token(root)
    for path, names in forms.items():
        for name in names:
            given = {"csrf_token": secret, "deed": "save", "role": "Cc", "kind": "RefersTo", name: word}
            assert root.post(path, given, expect_errors=True).status_int < 500, (path, name)
    db.expire_all()
    assert db.get_one(Ticket, ticket.id).subject == "Printer on fire"
    assert db.scalar(select(User.id).where(User.name == "root")) is not None
    assert db.scalar(select(Queue.id).where(Queue.name == "General")) is not None


# --- A51: arguments of programs -------------------------------------------------------------------------------------

ARGUMENTS = (
    "-oQ/tmp@b.example",
    "--config=/etc/passwd",
    "-C/etc/passwd@b.example",
    "a@b.example\n-oQ/tmp",
    "a@b.example\r\nRCPT TO:<eve@evil.example>",
    "$(id)@b.example",
    "`id`@b.example",
    "a@b.example;id",
    "|id@b.example",
    "a@b.example\x00-t",
    "",
)


@pytest.mark.parametrize("address", ARGUMENTS)
def test_a51_no_address_is_an_option_or_a_command_of_sendmail(address, tmp_path):
    program = tmp_path / "sendmail"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {tmp_path}/arguments\ncat > /dev/null\n')
    program.chmod(0o755)
    told = SendmailTransport(str(program)).deliver("", ["good@b.example", address], b"x\r\n")
    assert {one.address: one.outcome for one in told} == {"good@b.example": "sent", address: "failed"}
    assert (tmp_path / "arguments").read_text() == "-oi|-f|<>|--|good@b.example|"


@pytest.mark.parametrize("address", [each for each in ARGUMENTS if each])
def test_a51_nor_does_a_form_take_one_as_a_recipient(address, root, make, token, db):
    ticket = make.ticket()
    db.commit()
    for path, given in (
        (f"/ticket/{ticket.id}/reply", {"text": "x", "kind": "reply", "cc": address}),
        (f"/ticket/{ticket.id}/forward", {"text": "x", "to": address}),
        (f"/ticket/{ticket.id}/people", {"role": "Cc", "add": address}),
    ):
        assert send(root, token, path, **given).status_int < 500
    told = db.scalars(text("SELECT address FROM outgoing_recipients")).all()
    assert not any(each.startswith("-") or re.search(r"[\s\x00]", each) for each in told)
