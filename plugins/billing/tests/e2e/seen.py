"""What people see: pages that report no error, axe in light and dark, words of PDFs and mails."""

import io
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from email.message import Message

from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from rtpy.testing.looking import person as person_at
from rtpy.testing.running import RunningSite


def person(
    chromium: Browser, site: RunningSite, cookie: str = "", *, may_break: bool = False, **options: object
) -> AbstractContextManager[Page]:
    """A browser of its own at that site, logged in if there is a cookie."""
    return person_at(chromium, site.url, cookie, may_break=may_break, **options)


def download(page: Page, name: str) -> bytes:
    """The file behind a link of the page."""
    href = page.locator("main").get_by_role("link", name=name, exact=True).get_attribute("href")
    assert href is not None
    answer = page.request.get(href)
    assert answer.status == 200, answer.text()
    return answer.body()


def words_of(pdf: bytes) -> str:
    """All words of a PDF, one space between them."""
    assert pdf.startswith(b"%PDF")
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def mail_that(site: RunningSite, fits: Callable[[Message], bool]) -> Message:
    """The mail that was delivered, when it is."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for mail in site.sent_mails():
            if fits(mail):
                return mail
        time.sleep(0.2)
    raise AssertionError(f"no such mail: {[(mail['To'], mail['Subject']) for mail in site.sent_mails()]}")


def parts_of(mail: Message) -> dict[str, bytes]:
    """The contents of a mail by type."""
    found = {}
    for part in mail.walk():
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            found[part.get_content_type()] = data
    return found
