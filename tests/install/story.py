"""The end of a walk, run inside: a customer's mail comes in, staff answers over HTTPS, the answer leaves over TLS.

Needs Python's standard library only. `python3 story.py PASSWORD_OF_ROOT`.
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


def main(password: str) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = "Ann Miller <ann@client.example>", "support@help.example.com"
    letter["Subject"], letter["Message-ID"] = "Printer on fire", "<walk-1@client.example>"
    letter.set_content("It burns on floor 2.")
    with smtplib.SMTP("127.0.0.1", 25, timeout=30) as server:
        server.send_message(letter)
    auto = wait_for_mail("Printer on fire")
    print("answered automatically:", subject_of(auto))

    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    page = browser.open(f"{SITE}/login", timeout=60).read().decode()
    home = post(browser, "/login", page, {"username": "root", "password": password})
    if "/logout" not in home:
        sys.exit("root could not log in")
    page = browser.open(f"{SITE}/ticket/1", timeout=60).read().decode()
    if "It burns on floor 2." not in page:
        sys.exit("ticket 1 does not show the mail")
    post(browser, "/ticket/1/reply", page, {"text": "Take the stairs, help is on its way."})
    reply = wait_for_mail("Take the stairs")
    print("answered by staff:", subject_of(reply))

    try:
        browser.open(f"{SITE}/REST/1.0/NoAuth/mail-gateway", data=b"message=x", timeout=60)
    except urllib.error.HTTPError as refused:
        if refused.code != 403:
            sys.exit(f"the mail gateway answered strangers with {refused.code}")
    else:
        sys.exit("the mail gateway is open to strangers")
    print("STORY TOLD")


class Fields(HTMLParser):
    """What a browser would send of one form that nobody has touched: hidden fields and ticked boxes."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._action, self._inside = action, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("action") == self._action
        is_sent = given.get("type") == "hidden" or "checked" in given
        if self._inside and tag == "input" and is_sent:
            self.found.append((given.get("name") or "", given.get("value") or ""))


def post(browser: urllib.request.OpenerDirector, path: str, page: str, fields: dict[str, str]) -> str:
    """Send the form of `page` that goes to `path`, with `fields` filled in; the page that it leads to."""
    form = Fields(path)
    form.feed(page)
    if not form.found:
        sys.exit(f"there is no form for {path}")
    data = urllib.parse.urlencode([*form.found, *fields.items()]).encode()
    request = urllib.request.Request(SITE + path, data=data, headers={"Origin": SITE})
    return str(browser.open(request, timeout=60).read().decode())


def wait_for_mail(words: str) -> str:
    """The first mail to Ann with these words; it must have come over TLS, after a login."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for file in sorted(Path("/run/walk/sink").glob("*.json")):
            facts = json.loads(file.read_text())
            if words in read(facts["mail"]) and "ann@client.example" in facts["to"]:
                if not (facts["tls"] and facts["login"]):
                    sys.exit("the mail came without TLS or login")
                return str(facts["mail"])
        time.sleep(0.5)
    sys.exit(f"no mail with {words!r} came out in {PATIENCE:.0f} s")


def read(mail: str) -> str:
    """Subject and text, decoded."""
    letter = message_from_string(mail, policy=policy.default)
    body = letter.get_body(("plain",))
    return f"{letter['Subject']}\n{body.get_content() if body else ''}"


def subject_of(mail: str) -> str:
    return read(mail).splitlines()[0]


if __name__ == "__main__":
    main(sys.argv[1])
