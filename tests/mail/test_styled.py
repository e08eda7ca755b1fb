"""The HTML part of outgoing mails: from the same template, for light and dark, with nothing from elsewhere."""

import re
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select, update

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.mail.outbox import raw_mail
from rtpy.mail.styled.frame import page
from rtpy.mail.styled.words import Pointer, words_as_html
from rtpy.models import OutgoingMail, Template, User

URL = "https://help.example/ticket/7"
HTML_REPLY = Message(
    parts=(
        Part("text/plain", b"Turn it *off*.", PartRole.BODY, charset="utf-8"),
        Part(
            "text/html",
            b'<p>Turn it <b>off</b>.<img src="http://spy.example/x.png" alt="logo"><script>alert(1)</script></p>',
            PartRole.HTML,
            charset="utf-8",
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "found", "never"),
    [
        ("one\n\ntwo", ("<p style=", "one</p>", "two</p>"), ()),
        ("<b>&", ("&lt;b&gt;&amp;",), ("<b>",)),
        ("see https://x.example/a.", ('href="https://x.example/a"',), ()),
        ("javascript:alert(1)", ("javascript:alert(1)",), ("href",)),
        (f"Ann replied:\n{URL}\n\nHi", (">Open ticket #7</a>", "Ann replied:"), (f">{URL}<",)),
        (f"about {URL} here", (f">{URL}</a>",), ("Open ticket",)),
        ("Yes.\n\n> Is it?\n>> What?", ("<blockquote", "Is it?", "What?"), ("&gt;",)),
        ("Hi\n-- \nAnn\nUs", ('<div style="opacity:.75">', "Ann<br>"), ("-- ",)),
        ("a\x00\x08b" + ">" * 500, ("&gt;",), ()),
        ("", (), ("<",)),
    ],
)
def test_a_text_becomes_html(text, found, never):
    html = words_as_html(text, Pointer(URL, "Open ticket #7"))
    assert [piece for piece in found if piece not in html] == []
    assert [piece for piece in never if piece in html] == []


def test_quotations_nest_only_so_deep_and_stay_readable():
    html = words_as_html(">" * 40 + " x")
    assert (html.count("<blockquote"), html.count("opacity")) == (6, 1)


def test_the_frame_suits_light_and_dark_and_fetches_nothing():
    html = page("<p>x</p>", title="A & <b>", lang="de")
    assert '<html lang="de">' in html
    assert "<title>A &amp; &lt;b&gt;</title>" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert not re.search(r"src=|url\(|<link|<style|@import|http:|https:", html)
    # Where we set a colour of letters we set the ground as well.
    ours = words_as_html("a\n> b\n-- \nc", Pointer(URL, "x")) + words_as_html(URL, Pointer(URL, "x"))
    for style in re.findall(r'style="([^"]*)"', html + ours):
        assert ("color:#" in style.replace("background:#", "")) == ("background:#" in style), style


def read(app, db):
    """The newest mail as it is sent: its text, and its HTML or None."""
    newest = db.scalars(select(OutgoingMail.id).order_by(OutgoingMail.id.desc()).limit(1)).one()
    mail = message_from_bytes(raw_mail(app, db, newest), policy=policy.SMTP)
    twin = mail.get_body(("html",))
    return mail.get_body(("plain",)).get_content(), twin and twin.get_content()


def use(app, db, content):
    db.execute(update(Template).where(Template.name == "Correspondence in HTML").values(content=content))
    db.flush()


@pytest.mark.parametrize(
    ("option", "content", "has_html"),
    [
        ("always", "{{ message.text }}", True),
        ("always", "Content-Type: text/plain\n\n{{ message.text }}", False),
        ("always", "Content-Type: text/html\n\n<p>{{ message.text }}</p>", True),
        ("template", "{{ message.text }}", False),
        ("template", "Content-Type: multipart/alternative\n\n{{ message.text }}", True),
        ("never", "Content-Type: multipart/alternative\n\n{{ message.text }}", False),
        ("never", "Content-Type: text/html\n\n<p>{{ message.text }}</p>", False),
    ],
)
def test_the_option_and_the_template_say_whether_there_is_html(
    app, db, work, make, option, content, has_html
):
    app.config = replace(app.config, mail=replace(app.config.mail, html=option))
    use(app, db, content)
    change_ticket(work, make.ticket(), Correspond(plain_message("Hi <b>")))
    text, html = read(app, db)
    assert text.strip() == "Hi <b>"
    assert (html is not None) is has_html
    assert html is None or "Hi &lt;b&gt;" in html


def test_the_messages_own_html_goes_along_made_harmless(app, db, work, make):
    use(app, db, "Hello,\n\n{{ message.text }}\n\nBye")
    change_ticket(work, make.ticket(), Correspond(HTML_REPLY))
    text, html = read(app, db)
    assert "Turn it *off*." in text
    assert "Turn it <b>off</b>." in html
    assert "[logo]" in html
    assert not any(evil in html for evil in ("spy.example", "script", "alert"))
    assert html.index("Hello,") < html.index("<b>off") < html.index("Bye")


def test_a_template_that_cuts_the_message_gets_its_words_only(app, db, work, make):
    use(app, db, "{{ message.text | truncate: 8 }}")
    change_ticket(work, make.ticket(), Correspond(HTML_REPLY))
    assert "<b>off" not in read(app, db)[1]


def test_staff_get_the_tickets_address_as_a_button(app, db, work, make):
    ticket = make.ticket()
    change_ticket(work, ticket, AddWatcher("AdminCc", make.staff("joe").id))
    change_ticket(work, ticket, Comment(plain_message("between us")))
    text, html = read(app, db)
    assert app.config.url(f"/ticket/{ticket.id}") in text
    assert f"Open ticket #{ticket.id}</a>" in html


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("{name} via {rtname}", "Root via rtpy"),
        ("{queue}: {name}", "General: Root"),
        ("Help desk", "Help desk"),
        ("{name.__class__} {0}", "{name.__class__} {0}"),
    ],
)
def test_the_senders_name_has_the_form_of_the_option(app, db, make, work, form, name):
    app.config = replace(app.config, rtname="rtpy", mail=replace(app.config.mail, friendly_from=form))
    change_ticket(work, make.ticket(), Correspond(plain_message("x")))
    newest = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(1)).one()
    sender = message_from_bytes(raw_mail(app, db, newest.id), policy=policy.SMTP)["From"].addresses[0]
    assert sender.display_name.lower() == name.lower().replace("root", work_name(work))


def work_name(work) -> str:
    """The name of who acts, as mails show it."""
    return work.db.get_one(User, work.actor.user_id).display_name.lower()


@pytest.mark.parametrize("said", ["Hi", "Hi\n\n-- \nJoe"])
def test_the_queues_signature_stands_below_mails_to_customers_only(app, db, work, make, said):
    ticket = make.ticket()
    make.queue().signature = "Example IT <Ltd>"
    db.flush()
    change_ticket(work, ticket, AddWatcher("AdminCc", make.staff("joe").id))
    newest = db.scalars(select(OutgoingMail.id).order_by(OutgoingMail.id.desc()).limit(1)).one()
    change_ticket(work, ticket, Correspond(plain_message(said)), Comment(plain_message("between us")))
    mails = db.scalars(select(OutgoingMail).where(OutgoingMail.id > newest)).all()
    signed = [mail for mail in mails if "Example IT <Ltd>" in mail.body]
    assert (len(signed), len(mails)) == (1, 3)
    assert not signed[0].internal
    assert signed[0].body.count("\n-- \n") == 1
    assert signed[0].body.endswith("Example IT <Ltd>\n")
    assert signed[0].html_body.count("Example IT &lt;Ltd&gt;") == 1


def test_a_translation_says_its_language(app, db, work, make):
    use(app, db, "Hello {{ ticket.id }}")
    db.add(Template(name="Correspondence in HTML", lang="de", content="Hallo {{ ticket.id }}"))
    ticket = make.ticket()
    make.customer("ann@client.example").lang = "de_AT"
    db.flush()
    change_ticket(work, ticket, Correspond(plain_message("x")))
    text, html = read(app, db)
    assert text.startswith("Hallo")
    assert '<html lang="de">' in html
    make.customer("ann@client.example").lang = "fr"
    db.flush()
    change_ticket(work, ticket, Correspond(plain_message("x")))
    assert "<html>" in read(app, db)[1]
