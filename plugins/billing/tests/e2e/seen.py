"""What people see: pages that report no error, axe in light and dark, words of PDFs and mails."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from rtpy.testing.running import RunningSite

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DARK = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SPARSE = {"resultTypes": ["violations"]}


@contextmanager
def person(
    chromium: Browser, site: RunningSite, cookie: str = "", *, may_break: bool = False, **options: object
) -> Iterator[Page]:
    """A browser of its own, logged in if there is a cookie.

    An error that a page reports fails the test, but of lost connections where `may_break`.
    """
    errors: list[str] = []
    given: dict[str, object] = {
        "viewport": {"width": 1280, "height": 860},
        "reduced_motion": "reduce",
        **options,
    }
    context = chromium.new_context(base_url=site.url, **given)
    if cookie:
        context.add_cookies([{"name": "rtpy_session", "value": cookie, "url": site.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    try:
        yield page
    finally:
        context.close()
    expected = (
        ("status of 422", "ERR_CONNECTION") if may_break else ("status of 422",)
    )  # a form that asks again
    unexpected = [error for error in errors if not any(each in error for each in expected)]
    assert not unexpected, unexpected


def accessible(page: Page) -> None:
    """Axe finds nothing, in light and in dark, and the page does not scroll sideways."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    in_light = Axe().run(page, options={"runOnly": RULES, **SPARSE}).response
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    in_dark = Axe().run(page, options={"runOnly": DARK, **SPARSE}).response
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    wrong = [*in_light["violations"], *in_dark["violations"]]
    said = [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in wrong]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider:
        said.append(f"{wider} px too wide")
    assert not said, f"{page.url}: {said}"


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
