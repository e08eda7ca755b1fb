"""The site as people have it, for scripts inside a bare Debian: a browser, and mail at both ends.

Needs Python's standard library only.
"""

import http.cookiejar
import json
import smtplib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from email import message_from_string, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

SITE = "https://help.example.com"
PATIENCE = 120.0
SINK = Path("/run/walk/sink")
"""The mails that have come out, each with how it came."""
KEPT = Path("/run/walk/browser.cookies")
"""What the browser of root keeps when it is closed."""


class Browser:
    """One browser with its cookies; `kept` is where they lie while it is closed."""

    def __init__(self, kept: Path | None = None) -> None:
        self._cookies = http.cookiejar.MozillaCookieJar(kept)
        if kept and kept.exists():
            self._cookies.load(ignore_discard=True)
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def open(self, url: str) -> str:
        """The page at an address or a path."""
        return self.fetch(url).decode()

    def fetch(self, url: str, data: bytes | None = None) -> bytes:
        """The bytes at an address or a path. Raises HTTPError."""
        request = urllib.request.Request(urllib.parse.urljoin(SITE, url), data, {"Origin": SITE})
        return bytes(self._opener.open(request, timeout=60).read())

    def send(self, page: str, action: str, fields: dict[str, str]) -> str:
        """Send the form of `page` that goes to `action`, with `fields` filled in; the page that it leads to."""
        form = Fields(action)
        form.feed(page)
        if not form.found:
            sys.exit(f"there is no form for {action}")
        untouched = [(name, value) for name, value in form.found if name not in fields]
        return self.fetch(action, urllib.parse.urlencode([*untouched, *fields.items()]).encode()).decode()

    def log_in(self, name: str, password: str) -> bool:
        """Whether the site lets them in."""
        try:
            page = self.send(self.open("/login"), "/login", {"username": name, "password": password})
        except urllib.error.HTTPError:
            return False
        return "/logout" in page

    def close(self) -> None:
        """Keep the cookies."""
        self._cookies.save(ignore_discard=True)


class Fields(HTMLParser):
    """What a browser would send of one form that nobody has touched."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._action, self._inside = action, False
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self._action
        if not self._inside:
            return
        kind, name = given.get("type", "text"), given.get("name", "")
        if tag == "input" and kind not in ("submit", "button", "file") and name:
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.found.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._area = name
            self.found.append((name, ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.found.append((self._select, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1] = (self._area, self.found[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


def letter(subject: str, text: str, to: str = "support@help.example.com") -> EmailMessage:
    """A mail of a customer."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann Miller <ann@client.example>", to, subject
    mail["Message-ID"] = f"<{time.time_ns()}@client.example>"
    mail.set_content(text)
    return mail


def hand_in(mail: EmailMessage) -> None:
    """Give a mail to the mail server of this machine."""
    with smtplib.SMTP("127.0.0.1", 25, timeout=30) as server:
        server.send_message(mail)


def wait_until_ready() -> None:
    """Until `/ready` is content; a mail that comes before waits in the mail server for minutes."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            Browser().fetch("/ready")
            return
        except OSError as error:
            if time.monotonic() > until:
                sys.exit(f"the site does not get ready: {error}")
        time.sleep(0.2)


def wait_for_mail(words: str) -> str:
    """The first mail to Ann with these words; it must have come over TLS, after a login."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := mails_with(words):
            return found[0]
        time.sleep(0.5)
    sys.exit(f"no mail with {words!r} came out in {PATIENCE:.0f} s")


def mails_with(words: str) -> list[str]:
    """All mails to Ann with these words that have come out so far."""
    found = []
    for file in sorted(SINK.glob("*.json")):
        facts = json.loads(file.read_text())
        if words in read(facts["mail"]) and "ann@client.example" in facts["to"]:
            if not (facts["tls"] and facts["login"]):
                sys.exit("the mail came without TLS or login")
            found.append(str(facts["mail"]))
    return found


def read(mail: str) -> str:
    """Subject and text, decoded."""
    parsed = message_from_string(mail, policy=policy.default)
    body = parsed.get_body(("plain",))
    return f"{parsed['Subject']}\n{body.get_content() if body else ''}"
