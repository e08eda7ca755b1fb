"""Who gets a message, shown before it is sent: with and without the page's script."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.changes.membership import add_member, create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.queue_watchers import add_queue_watcher
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.squelching import SquelchAddress
from rtpy.models import OutgoingMail, OutgoingRecipient, Squelch, Ticket, Transaction, Watcher

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def ticket(make):
    """Ann's; the group Network watches the queue, and Bo, who is Cc, gets no mail of it."""
    system, ticket = make.system, make.ticket("Printer on fire", cc=["bo@client.example"])
    network = create_group(system, "Network")
    add_member(system, network, make.staff("nia", real_name="Nia Net").id)
    add_queue_watcher(system, ticket.queue, "AdminCc", network.id)
    change_ticket(system, ticket, SquelchAddress("bo@client.example"))
    return ticket


def ask(browser, ticket, kind="reply", **fields):
    """Presses “Who will get this”; answers with the page."""
    form = browser.get(f"/ticket/{ticket.id}").forms[kind]
    for name, value in fields.items():
        form[name] = value
    return press_preview(browser, form, ticket)


def press_preview(browser, form, ticket):
    """The button sends the form to an address of its own, which WebTest does not look at."""
    return browser.post(f"/ticket/{ticket.id}/recipients", form.submit_fields("preview"))


def listed(page, region):
    return page.html.select_one(f"#{region}").get_text(" ", strip=True)


def told(db, after):
    return set(
        db.scalars(
            select(OutgoingRecipient.address)
            .join(OutgoingMail, OutgoingMail.id == OutgoingRecipient.mail_id)
            .where(OutgoingMail.transaction_id > after)
        )
    )


def last(db):
    return db.scalar(select(func.max(Transaction.id)))


def test_each_recipient_stands_there_with_the_reason_and_each_other_too(root, ticket):
    words = listed(root.get(f"/ticket/{ticket.id}"), "reply-who")
    assert "ann@client.example · requestor" in words
    assert "Nia Net nia@staff.example · internal Cc of the queue, through group Network" in words
    assert "bo@client.example gets no mail of this ticket" in words


def test_without_script_a_button_shows_it_and_keeps_what_was_typed(root, db, ticket):
    before = last(db)
    page = ask(root, ticket, text="Half a sentence", bcc="eve@other.example")
    assert last(db) == before
    form = page.forms["reply"]
    assert (form["text"].value, form["bcc"].value) == ("Half a sentence", "eve@other.example")
    assert "eve@other.example · one-time Bcc" in listed(page, "reply-who").replace(
        "eve@other.example eve", "eve"
    )
    assert page.html.select_one("#reply details.recipients").has_attr("open")


def test_the_script_gets_the_list_alone(root, ticket, token):
    page = root.post(
        f"/ticket/{ticket.id}/recipients",
        {"preview": "comment", "cc": "eve@other.example", "csrf_token": token(root)},
        headers={"X-Requested-With": "rtpy"},
    )
    assert "eve@other.example is not on the staff" in listed(page, "comment-who")
    assert page.html.select_one("#conversation") is None


def test_a_change_of_status_in_the_form_adds_those_who_hear_of_it(root, db, make, ticket):
    db.expire_all()
    page = ask(root, ticket, "comment", status="resolved")
    assert "ann@client.example · requestor" in listed(page, "comment-who")
    assert "ann@" not in listed(root.get(f"/ticket/{ticket.id}"), "comment-who")


@pytest.mark.parametrize("kind", ["reply", "comment"])
def test_what_is_promised_is_what_is_sent(root, db, ticket, kind):
    fields = {"status": "resolved", "bcc": "eve@other.example" if kind == "reply" else "nia@staff.example"}
    before = last(db)
    page = ask(root, ticket, kind, text="Done.", **fields)
    promised = {box["value"] for box in page.html.select(f"#{kind}-who input[name=to]")}
    promised |= {fields["bcc"]}
    page.forms[kind].submit()
    assert told(db, before) == promised


def test_who_is_unticked_hears_nothing_of_the_status_either(root, db, ticket):
    before = last(db)
    form = ask(root, ticket, text="Done.", status="resolved").forms["reply"]
    for box in form.fields["to"]:
        box.checked = False
    form.submit()
    assert told(db, before) == set()
    db.expire_all()
    assert db.get_one(Ticket, ticket.id).status == "resolved"


def test_unticked_boxes_stay_so_when_asked_again(root, ticket):
    form = root.get(f"/ticket/{ticket.id}").forms["reply"]
    for box in form.fields["to"]:
        box.checked = box._value != "ann@client.example"
    page = press_preview(root, form, ticket)
    ticked = {box["value"]: box.has_attr("checked") for box in page.html.select("#reply-who input[name=to]")}
    assert ticked == {"ann@client.example": False, "nia@staff.example": True}


def test_one_time_copies_stand_in_the_history_and_become_no_watchers(root, db, ticket):
    form = root.get(f"/ticket/{ticket.id}").forms["reply"]
    form["text"], form["cc"], form["bcc"] = "We come.", "eve@other.example", "max@other.example"
    page = form.submit().follow()
    head = page.html.select(".entry-reply .to")[-1].text
    assert "copy to eve@other.example" in head
    assert "blind copy to max@other.example" in head
    assert db.scalar(select(func.count(Watcher.id)).where(Watcher.ticket_id == ticket.id)) == 2


def test_a_comment_for_outsiders_asks_for_the_box_and_never_goes_to_the_customer(root, db, ticket):
    before = last(db)
    form = root.get(f"/ticket/{ticket.id}").forms["comment"]
    form["text"], form["cc"] = "Secret.", "sup@supplier.example"
    page = form.submit(status=422)
    assert "would read an internal comment" in page.text
    assert last(db) == before
    form = page.forms["comment"]
    form["cc"], form["outsiders"] = "ann@client.example", True
    page = form.submit(status=409)
    assert "is a customer on this ticket: comments never go there" in page.text
    form = page.forms["comment"]
    form["cc"] = "sup@supplier.example"
    form.submit(status=303)
    assert told(db, before) == {"sup@supplier.example", "nia@staff.example"}


@pytest.mark.parametrize("field", ["cc", "bcc"])
def test_our_own_address_is_no_recipient(root, ticket, field):
    form = root.get(f"/ticket/{ticket.id}").forms["reply"]
    form["text"], form[field] = "Hi", "rt@localhost"
    assert "is our own address" in form.submit(status=422).text


def test_a_quick_change_of_status_tells_who_hears_of_it(root, ticket):
    page = root.get(f"/ticket/{ticket.id}/recipients?status=resolved")
    assert "ann@client.example · requestor" in listed(page, "status-who")
    page = (
        next(form for form in page.forms.values() if form.action.endswith("/modify"))
        .submit("status")
        .follow()
    )
    assert "resolved" in page.html.select_one("#ticket-head").text


def test_a_status_that_cannot_be_set_has_no_button(root, ticket):
    page = root.get(f"/ticket/{ticket.id}/recipients", params={"status": "<b>x"})
    assert "you cannot give it the status “<b>x”" in page.html.text
    assert page.html.select_one("form[action$='/modify']") is None


def test_a_new_ticket_tells_who_would_get_mail_before_it_is_made(root, db, make):
    make.queue()
    make.staff("jo")
    form = next(each for each in root.get("/ticket/create").forms.values() if "requestor" in each.fields)
    form["requestor"], form["cc"] = "Zoe <new@client.example>", "bo@client.example"
    page = form.submit("preview")
    words = listed(page, "create-who")
    assert "Zoe new@client.example · requestor" in words
    assert "bo@client.example · Cc" in words
    assert db.scalar(select(func.count(Ticket.id))) == 0


def test_a_new_ticket_without_requestor_says_what_is_missing(root, make):
    make.queue()
    form = next(each for each in root.get("/ticket/create").forms.values() if "requestor" in each.fields)
    form["requestor"] = "no such login"
    assert "neither a mail address nor the name" in listed(form.submit("preview"), "create-who")


def test_mail_to_somebody_is_stopped_and_let_through_again_on_the_people_page(root, db, ticket):
    def press(name, address):
        page = root.get(f"/ticket/{ticket.id}/people")
        form = next(form for form in page.forms.values() if f'name="{name}" value="{address}"' in form.text)
        return form.submit(name).follow()

    page = press("squelch", "ann@client.example")
    assert "gets no mail of this ticket" in page.text
    assert set(db.scalars(select(Squelch.address))) == {"ann@client.example", "bo@client.example"}
    press("unsquelch", "ann@client.example")
    assert set(db.scalars(select(Squelch.address))) == {"bo@client.example"}
    assert "let ann@client.example get mail" in root.get(f"/ticket/{ticket.id}").text


def test_a_member_of_a_group_is_left_in_peace_by_address(root, db, ticket):
    form = next(
        form for form in root.get(f"/ticket/{ticket.id}/people").forms.values() if "no-mail-to" in form.text
    )
    form["squelch"] = "nia@staff.example"
    page = form.submit().follow()
    assert "nia@staff.example" in page.html.select_one("section[aria-labelledby=no-mail]").text
    assert "nia@staff.example gets no mail" in listed(root.get(f"/ticket/{ticket.id}"), "reply-who")


def test_without_the_right_nobody_is_squelched(jo, token, db, make, ticket):
    make.revoke("ModifyTicket", ticket.queue)
    answer = jo.post(
        f"/ticket/{ticket.id}/people", {"squelch": "ann@client.example", "csrf_token": token(jo)}
    ).follow()
    assert "ModifyTicket" in answer.text
    assert set(db.scalars(select(Squelch.address))) == {"bo@client.example"}


def test_custom_roles_have_their_cards_and_take_groups_by_name(root, db, make, ticket):
    places = frozenset({ticket.queue_id})
    many = create_custom_role(make.system, RoleValues("Approver", entry_hint="Who signs", places=places))
    one = create_custom_role(make.system, RoleValues("Driver", single=True, places=places))

    def give(role, who, status=303):
        form = next(
            form
            for form in root.get(f"/ticket/{ticket.id}/people").forms.values()
            if "add" in form.fields and form["role"].value == role.role
        )
        form["add"] = who
        return form.submit(status=status)

    give(many, "group:Network")
    give(many, "vera@client.example")
    give(one, "root")
    page = root.get(f"/ticket/{ticket.id}")
    assert "Approver" in page.html.select_one("#sidebar").text
    assert "Network" in page.html.select_one("#sidebar").text
    assert "There is no group “Nowhere”" in give(many, "group:Nowhere", 422).text
    assert "is our own address" in give(many, "rt@localhost", 422).text
    assert "is one person" in give(one, "jo@x.example, bo@x.example", 422).text
    assert "is for one person" in give(one, "group:Network").follow().text


def test_the_page_costs_a_fixed_number_of_queries_however_many_roles_and_groups(
    root, make, work, query_count
):
    plain, rich = make.ticket("Plain"), make.ticket("Rich")
    places = frozenset({rich.queue_id})
    root.get(f"/ticket/{plain.id}")
    with query_count() as few:
        root.get(f"/ticket/{plain.id}")
    for number in range(4):
        role = create_custom_role(make.system, RoleValues(f"Role {number}", places=places))
        team = create_group(make.system, f"Team {number}")
        add_member(make.system, team, make.staff(f"m{number}").id)
        change_ticket(work, rich, AddWatcher(role.role, team.id), SquelchAddress(f"x{number}@client.example"))
    root.get(f"/ticket/{rich.id}")
    with query_count() as many:
        root.get(f"/ticket/{rich.id}")
    assert many.total <= few.total + 3  # names in the history: of people, of groups, of roles
