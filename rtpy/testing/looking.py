"""Pages in a real browser: one for each person, which reports no error, and axe in light and in dark."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from rtpy.testing.servers import chromium_path

ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DARK = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SPARSE = {"resultTypes": ["violations"]}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without windows; the machine has one, or the test asked `chromium_path` before."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def person(
    chromium: Browser, url: str, cookie: str = "", *, may_break: bool = False, **options: Any
) -> Iterator[Page]:
    """A browser of its own at the site with this address, logged in if there is a cookie of a session.

    An error that a page reports fails the test, but of lost connections where `may_break`.
    """
    errors: list[str] = []
    given: dict[str, Any] = {
        "viewport": {"width": 1280, "height": 860},
        "reduced_motion": "reduce",
        **options,
    }
    context = chromium.new_context(base_url=url, **given)
    if cookie:
        context.add_cookies([{"name": "rtpy_session", "value": cookie, "url": url}])
    page = context.new_page()
    page.set_default_timeout(30_000)
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
