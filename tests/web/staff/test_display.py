"""The page of a ticket: what was said, by whom, and what may be done."""


def page_of(browser, ticket):
    return browser.get(f"/ticket/{ticket.id}")


def test_the_page_shows_what_the_customer_wrote(root, make):
    ticket = make.ticket("Printer on fire", text="It burns.\n\nPlease help")
    page = page_of(root, ticket)
    assert "Printer on fire" in page
    entry = page.html.select_one(".entry-customer")
    assert "It burns." in entry.text
