"""A portal in the process of the test: served over HTTP, its mail in a maildir, its clock set by the test."""

import mailbox
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message

from playwright.sync_api import Browser, Page, expect

from rtpy.app import App
from rtpy.clock import SettableClock
from rtpy.jobs.worker import run_once
from rtpy.testing.looking import accessible
from rtpy.work import Face, Work

ADDRESS = re.compile(r"https?://[^\s<>\"']+")
expect.set_options(timeout=20_000)  # a machine may be busy
SIZES = ({"width": 390, "height": 844}, {"width": 1280, "height": 860})


class Life:
    """The site: what its worker does, what it mailed, and work of its people."""

    def __init__(self, app: App, clock: SettableClock) -> None:
        self.app, self.clock = app, clock

    def wait(self, seconds: int = 20) -> None:
        """Time goes by, and the worker does what is due."""
        self.clock.advance(timedelta(seconds=seconds))
        run_once(self.app)

    @contextmanager
    def work_of(self, name: str) -> Iterator[Work]:
        """Work of somebody of the staff, kept at the end."""
        with self.app.work() as work:
            yield work.as_actor(self.app.actor_named(work.db, name, Face.WEB))

    def mails(self) -> list[Message]:
        """Everything that was delivered, the oldest first."""
        folder = self.app.config.home / "mail"
        if not folder.is_dir():
            return []
        box = mailbox.Maildir(folder, create=False)
        try:
            return [box[key] for key in sorted(box.keys())]
        finally:
            box.close()

    def mail_to(self, address: str, fits: Callable[[str], bool]) -> str:
        """The text of the mail to `address` that fits; the worker runs before."""
        self.wait()
        texts = [text_of(mail) for mail in self.mails() if address in (mail["To"] or "")]
        found = [text for text in texts if fits(text)]
        assert found, f"no such mail to {address}: {texts}"
        return found[-1]

    def path(self, link: str) -> str:
        """The address of a mail as the test's server has it."""
        base = self.app.config.base_url
        assert link.startswith(f"{base}/"), link
        return link.removeprefix(base)

    def link(self, text: str, piece: str) -> str:
        """The path of the first link in a mail with `piece` in it."""
        found = [each for each in ADDRESS.findall(text) if piece in each]
        assert found, f"no link with {piece} in: {text}"
        return self.path(found[0])


def text_of(mail: Message) -> str:
    """The plain text of a mail."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    data = parts[0].get_payload(decode=True) if parts else b""
    assert isinstance(data, bytes)
    return data.decode()


class Looker:
    """Looks at pages in a window of its own, with axe: small and large by turns, in light and in dark.

    What it looks at is what the person sees, also after a form, and though that person's browser runs no script.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._page, self._seen = browser.new_context(base_url=url).new_page(), 0

    def look(self, page: Page) -> None:
        """Axe finds nothing, nothing is too wide, and nobody reads "ticket"."""
        html, url = page.content(), page.url.partition("#")[0]
        assert not re.search(r"\bticket", re.sub(r"<script.*?</script>", "", html), re.IGNORECASE), url
        self._page.set_viewport_size(SIZES[self._seen % 2])
        self._seen += 1
        self._page.route(
            lambda asked: asked == url,
            lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"),
        )
        self._page.goto(url)
        accessible(self._page)
        self._page.unroute_all()
