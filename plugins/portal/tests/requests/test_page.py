"""The pages of requests: who opens them, what stands there, what their forms do."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select
from webtest import Upload

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.basics import SetEstimate
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.models import Attachment, Transaction
from rtpy_portal.requests.listing import Asked, list_requests
from rtpy_portal.requests.telling import SetSight, told_of

SECRET = "xyzzy"


@pytest.fixture
def reader(browser, enter, make, client):
    """A browser with Ann logged in."""
    return enter(browser, make.customer("ann@client.example", "Ann Client"))


def text_of(page, selector="main"):
    return " ".join(page.html.select_one(selector).text.split())


def test_the_page_shows_the_conversation_and_takes_an_answer_with_files_once(reader, make, db):
    ticket = make.ticket()
    page = reader.get(f"/portal/request/{ticket.id}")
    assert "It burns." in text_of(page)
    assert "Received" in text_of(page)
    form = next(each for each in page.forms.values() if each.action.endswith("/answer"))
    form["text"] = "It smokes."
    form["files"] = [Upload("smoke.txt", b"grey", "text/plain")]
    answer = form.submit().follow()
    assert "Thank you, your answer has reached us." in text_of(answer)
    link = answer.html.select_one("a.chip")
    assert reader.get(link["href"]).body == b"grey"
    assert "stands below once" in text_of(form.submit().follow())
    replies = select(Transaction).where(Transaction.type == "Correspond")
    assert len(db.scalars(replies).all()) == 1


def test_who_has_said_no_time_zone_reads_times_by_the_firms_clock(reader, make, clock, db):
    clock.set(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    make.calendar(zone="Europe/Vienna")
    here = f"/portal/request/{make.ticket().id}"
    page = reader.get(here)
    assert "2 Mar 2026, 10:30" in text_of(page)
    assert "Times: Europe/Vienna" in text_of(page, "footer")
    make.customer("ann@client.example").timezone = "America/New_York"
    db.flush()
    page = reader.get(here)
    assert "2 Mar 2026, 04:30" in text_of(page)
    assert "Times: America/New York" in text_of(page, "footer")
    make.customer("ann@client.example").timezone = ""
    make.calendar("Overseas", zone="Asia/Tokyo")  # no clock is the firm's
    page = reader.get(here)
    assert "2 Mar 2026, 09:30" in text_of(page)
    assert "Times: UTC" in text_of(page, "footer")


@pytest.mark.databases("sqlite")  # a form
def test_what_was_typed_is_there_again_with_what_is_wrong(reader, make):
    page = reader.get(f"/portal/request/{make.ticket().id}")
    form = next(each for each in page.forms.values() if each.action.endswith("/urgency"))
    form["reason"] = "Nobody can print"
    again = form.submit(status=422)
    assert again.html.select_one("#urgency-reason").text.strip() == "Nobody can print"
    assert again.html.select_one(".problems a")["href"] == "#urgency-urgency"
    assert again.html.select_one("#urgency-urgency") is not None


DEEDS = ("answer", "close", "reopen", "follow-up", "urgency", "call", "attention", "people/add", "leave")


@pytest.mark.databases("sqlite")  # one clause decides, which is tested on both
def test_who_may_not_see_a_request_can_do_nothing_with_it(browser, enter, make, db):
    ticket = make.ticket(text=SECRET)
    eve = enter(browser, make.customer("eve@evil.example"))
    assert SECRET not in eve.get(f"/portal/request/{ticket.id}", status=404)
    csrf = eve.get("/portal/requests").html.select_one("[name=csrf_token]")["value"]
    given = {"csrf_token": csrf, "text": "x", "reason": "x", "phone": "1", "urgency": "high"}
    for deed in DEEDS:
        eve.post(f"/portal/request/{ticket.id}/{deed}", given, status=404)
    assert db.scalars(select(Transaction).where(Transaction.type == "Correspond")).all() == []


def test_files_and_pictures_of_comments_and_of_others_are_not_there(reader, work, make, db):
    ticket, other = make.ticket(), make.ticket(requestor="ben@other.example")
    picture = Part("image/png", b"PNG", PartRole.INLINE, filename="a.png", content_id="pic")
    html = Part("text/html", b'<p>See <img src="cid:pic"></p>', PartRole.HTML, charset="utf-8")
    for where in (ticket, other):
        change_ticket(work, where, Comment(plain_message("Inside", files=(picture,))))
        change_ticket(work, where, Correspond(Message((html, picture))))
    rows = db.execute(
        select(Attachment.id, Attachment.transaction_id, Transaction.type, Transaction.object_id)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(Attachment.content_id == "pic")
    ).all()
    here = f"/portal/request/{ticket.id}"
    for row in rows:
        status = 200 if (row.type, row.object_id) == ("Correspond", ticket.id) else 404
        reader.get(f"{here}/file/{row.id}/a.png", status=status)
        found = reader.get(f"{here}/message/{row.transaction_id}/cid/pic", status=status)
        assert (found.body == b"PNG") is (status == 200)
    assert reader.get(here).html.select_one(".said img")["src"].startswith(f"{here}/message/")


def test_the_number_of_a_merged_request_leads_on(reader, work, make):
    old, new = make.ticket(), make.ticket()
    change_ticket(work, old, MergeInto(new))
    assert reader.get(f"/portal/request/{old.id}", status=303).location.endswith(f"/portal/request/{new.id}")


def test_the_list_has_what_waits_on_top_and_finds_by_word_and_number(reader, work, make, query_count):
    tickets = [make.ticket(subject) for subject in ("Printer", "Mail 100%", "Phone", "Old", "Hidden")]
    make.ticket(SECRET, requestor="ben@other.example")
    change_ticket(work, tickets[0], SetStatus("stalled"))
    change_ticket(work, tickets[3], SetStatus("resolved"))
    change_ticket(work, tickets[4], SetSight(is_private=False, is_hidden=True))
    change_ticket(work, tickets[1], Comment(plain_message("Inside")))  # moves nothing

    def subjects(query=""):
        found = reader.get(f"/portal/requests{query}").html.select(".request-subject")
        return [each.text.strip() for each in found]

    assert subjects() == ["Printer", "Phone", "Mail 100%"]
    assert subjects("?show=closed") == ["Old"]
    assert subjects("?text=mail") == subjects("?text=100%25") == ["Mail 100%"]
    assert subjects(f"?text=%23{tickets[2].id}") == ["Phone"]
    assert "Nothing found" in text_of(reader.get("/portal/requests?text=nowhere"))
    with query_count() as count:
        reader.get("/portal/requests")
    assert count.total <= 12


def test_staff_say_who_sees_it_and_look_at_it_as_the_customer(root, work, make, db):
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(plain_message(SECRET)), Correspond(plain_message("Done.")))
    beside = root.get(f"/ticket/{ticket.id}")
    assert "See it as the customer" in beside.text
    preview = root.get(f"/portal/request/{ticket.id}/preview")
    assert "It burns." in text_of(preview)
    assert SECRET not in preview.text
    assert [
        each for each in preview.html.select("main form") if not each.find_parent("fieldset", disabled=True)
    ] == []
    form = next(
        each
        for each in root.get(f"/ticket/{ticket.id}/customers").forms.values()
        if each.action.endswith("/customers")
    )
    form["sight"], form["portal.went_wrong"] = "hidden", "A cable."
    form.submit(status=303)
    db.expire_all()
    told = told_of(db, ticket.id)
    assert (told.is_hidden, told.went_wrong) == (True, "A cable.")
    assert "hid it from all customers" in root.get(f"/ticket/{ticket.id}").text
    assert "No customer sees it" in text_of(root.get(f"/portal/request/{ticket.id}/preview"))


@pytest.mark.databases("sqlite")  # a form
def test_a_reply_says_what_went_wrong_beside_it(root, make, db):
    ticket = make.ticket()
    page = root.get(f"/ticket/{ticket.id}")
    form = next(each for each in page.forms.values() if each.action.endswith("/reply"))
    form["text"], form["portal.how_fixed"] = "Done.", "A new cable."
    form.submit(status=303)
    db.expire_all()
    assert told_of(db, ticket.id).how_fixed == "A new cable."


@pytest.mark.parametrize("path", ["/portal/request/{}/preview", "/ticket/{}/customers"])
@pytest.mark.databases("sqlite")  # the door asks nothing else
def test_pages_for_staff_are_closed_to_customers(reader, make, path):
    reader.get(path.format(make.ticket().id), status=(303, 403, 404))


def test_who_leaves_is_told_so_and_sees_it_no_more(browser, enter, make):
    ticket = make.ticket(cc=("cc@client.example",))
    copied = enter(browser, make.customer("cc@client.example"))
    page = copied.get(f"/portal/request/{ticket.id}")
    form = next(each for each in page.forms.values() if each.action.endswith("/leave"))
    assert "do not take part in it any more" in text_of(form.submit().follow())
    copied.get(f"/portal/request/{ticket.id}", status=404)


def test_linked_requests_are_named_that_the_reader_may_see_and_no_others(reader, make, work):
    ticket = make.ticket("Printer")
    own, foreign = make.ticket("Paper"), make.ticket(SECRET, requestor="bob@other.example")
    for other in (own, foreign):
        change_ticket(work, ticket, AddLink("DependsOn", str(other.id)))
    page = reader.get(f"/portal/request/{ticket.id}")
    assert "Has to do with it Paper" in text_of(page)
    assert SECRET not in page.text
    assert "Printer" in text_of(reader.get(f"/portal/request/{own.id}"), ".request-aside")


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, ""),
        (45, "About 45 minutes of work"),
        (60, "About an hour of work"),
        (100, "About 2 hours of work"),
    ],
)
@pytest.mark.databases("sqlite")  # words
def test_an_estimate_is_told_where_customers_read_estimates(reader, make, work, db, minutes, said):
    ticket = make.ticket()
    if minutes:
        change_ticket(work, ticket, SetEstimate("TimeEstimated", minutes))
    assert "Our estimate" not in reader.get(f"/portal/request/{ticket.id}")
    save_settings(work, "portal", {"portal.estimates": True})
    aside = text_of(reader.get(f"/portal/request/{ticket.id}"), ".request-aside")
    assert ("Our estimate" in aside, said in aside) == (minutes > 0, True)


def test_a_list_of_many_asks_no_more_than_a_list_of_one(reader, make, query_count):
    def asked():
        reader.get("/portal/requests")
        with query_count() as count:
            reader.get("/portal/requests")
        return count.total

    make.ticket()
    for_one = asked()
    for _ in range(6):
        make.ticket()
    assert asked() == for_one


def test_behind_the_last_page_stands_how_many_there_are(as_ann, ann, make):
    make.ticket()
    make.ticket()
    listed = list_requests(as_ann, ann, Asked(page=3))
    assert (listed.lines, listed.total) == ((), 2)
    assert list_requests(as_ann, ann, Asked(page=2), per_page=1).total == 2


def test_the_page_of_a_ticket_asks_the_portal_once(root, make, connection):
    ticket, statements = make.ticket(), []
    root.get(f"/ticket/{ticket.id}")

    def note(*sent):
        statements.append(sent[2])

    event.listen(connection, "before_cursor_execute", note)
    root.get(f"/ticket/{ticket.id}")
    event.remove(connection, "before_cursor_execute", note)
    assert len([each for each in statements if "portal_" in each]) == 1
