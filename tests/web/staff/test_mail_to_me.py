"""The pages about mail: one's own choices, the list of addresses that get none, and what a ticket tells of it."""

from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.suppression import suppress
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message
from rtpy.models import NotificationChoice, SuppressedAddress


def form_of(page, field):
    """The form that has a field of this name."""
    return next(form for form in page.forms.values() if field in form.fields)


def test_staff_choose_what_they_hear(jo, db):
    page = jo.get("/account/mail")
    form = form_of(page, "hour")
    form["own_messages"] = "digest"
    form["hour"] = "17"
    form["suspended"] = True
    assert "Saved." in form.submit().follow().text
    row = db.scalars(select(NotificationChoice)).one()
    assert (row.choices, row.hour, row.suspended) == ({"own_messages": "digest"}, 17, True)
    again = form_of(jo.get("/account/mail"), "hour")
    assert (again["own_messages"].value, again["hour"].value) == ("digest", "17")
    again["own_messages"].force_value("whenever")
    again["hour"].force_value("9" * 30)
    refused = again.submit(status=422)
    assert "Choose one of the list." in refused.text
    assert "from 0 to 23" in refused.text


def test_customers_have_no_such_page(customer):
    customer.get("/account/mail", status=(403, 404))


def test_an_address_is_put_on_the_list_and_taken_off(root, db):
    form = form_of(root.get("/admin/suppressed-addresses/create?address=ann@client.example"), "pattern")
    assert form["pattern"].value == "ann@client.example"
    form["cause"] = "complaint"
    form["note"] = "Wrote to the <postmaster>"
    page = form.submit().follow()
    assert "ann@client.example" in page.text
    assert "Wrote to the &lt;postmaster&gt;" in page.text
    number = db.scalar(select(SuppressedAddress.id))
    form_of(root.get(f"/admin/suppressed-addresses/{number}"), "deed").submit("deed").follow()
    assert db.scalar(select(SuppressedAddress.id)) is None
    root.get(f"/admin/suppressed-addresses/{number}", status=404)
    again = form_of(root.get("/admin/suppressed-addresses/create"), "pattern")
    again["pattern"] = "nobody"
    assert "Write an address such as" in again.submit(status=422).text


def test_the_ticket_tells_who_got_no_mail_and_why(root, work, make):
    ticket = make.ticket(cc=["eve@other.example"])
    suppress(work, "ann@client.example", "complaint")
    change_ticket(work, ticket, Correspond(plain_message("We are on it.")))
    page = root.get(f"/ticket/{ticket.id}")
    assert "on its way to eve@other.example; no mail to ann@client.example" in page.text
    mail = page.click("no mail to ann@client.example")
    assert "not sent" in mail.text
    assert "they complained about our mail" in mail.text
