"""Correcting a reply on its ticket's page."""

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message


def correction(page):
    """The form of a correction."""
    return next(form for form in page.forms.values() if form.action.endswith("/correct"))


def test_a_corrected_reply_says_so_and_shows_what_it_said(root, work, make):
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(plain_message("Call 555-1234.")))
    page = root.get(f"/ticket/{ticket.id}")
    form = correction(page.click(href="/correct$"))
    assert form["message"].value == "Call 555-1234."
    form["message"] = ""
    again = correction(form.submit(status=422))
    again["message"] = "Call 555-4321."
    page = again.submit().follow()
    (entry,) = page.html.select(".entry-reply")
    assert "edited by" in entry.select_one(".entry-head").text
    assert (
        entry.select_one(".entry-body > p, .entry-body > div, .entry-body")
        .text.strip()
        .startswith("Call 555-4321.")
    )
    assert "Call 555-1234." in entry.select_one("details").text
    assert page.click(href="quote=", index=-1).text.count("&gt; Call 555-4321.") == 1
    form = correction(page.click(href="/correct$"))
    assert form["message"].value == "Call 555-4321."
