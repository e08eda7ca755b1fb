"""What a customer does with the link of a mailed statement, in a browser."""

import re

from playwright.sync_api import Browser, expect

from plugins.billing.tests.e2e.seen import download, mail_that, parts_of, person
from plugins.billing.tests.e2e.shop import SECRET
from rtpy.testing.looking import accessible
from rtpy.testing.running import RunningSite


def read_by_link(chromium: Browser, site: RunningSite) -> None:
    """By the link of a mailed statement: no account, no script, a small screen; and a question about a line."""
    mail = mail_that(site, lambda mail: "Statement" in (mail["Subject"] or ""))
    found = re.search(r"/billing/statement/\S+", parts_of(mail)["text/plain"].decode())
    assert found is not None
    link = found[0]
    narrow = {"viewport": {"width": 390, "height": 844}}
    with person(chromium, site, **narrow) as page:
        page.goto(link)
        accessible(page)
        page.get_by_role("link", name="Ask about this").first.click()
        accessible(page)
    with person(chromium, site, java_script_enabled=False) as page:
        page.goto(link)
        expect(page.locator("main")).to_contain_text("Cooling of the server room")
        assert download(page, "Download as PDF").startswith(b"%PDF")
        page.get_by_role("link", name="Ask about this").first.click()
        page.get_by_role("textbox").fill("Was that within our two hours?")
        page.get_by_role("button", name="Send the question").click()
        expect(page.get_by_role("status")).to_contain_text("we answer to bills@clinic.example")
        assert SECRET not in page.content()
        assert "ticket" not in page.locator("main").inner_text().lower()
