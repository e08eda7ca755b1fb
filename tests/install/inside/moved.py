"""Run inside after a move, a restore or an upgrade: all is there, old links and sessions are good, mail is held.

`python3 moved.py FOLDER [come-in] [let-out]`: the folder is what /run/walk was before, on this machine or another one.
"""

import json
import re
import sys
import time
from email import message_from_string, policy
from pathlib import Path

from site_of_walk import (
    PATIENCE,
    SINK,
    SITE,
    Browser,
    hand_in,
    letter,
    mails_with,
    read,
    wait_for_mail,
    wait_until_ready,
)

STILL = 10.0
"""Seconds in which nothing may go out; a worker without an order to wait sends within two."""


def main(before: Path, deeds: list[str]) -> None:
    wait_until_ready()
    browser = Browser(before / "browser.cookies")
    sent = [json.loads(file.read_text())["mail"] for file in sorted((before / "sink").glob("*.json"))]
    reply = next(mail for mail in sent if "Take the stairs" in read(mail))
    look(browser)
    if "come-in" in deeds:
        follow_links(reply)
        come_in(browser, reply)
    if "let-out" in deeds:
        let_out(browser, before)


def look(browser: Browser) -> None:
    """A session from before goes on, and ticket 1 is as it was, with its file."""
    page = browser.open("/ticket/1")
    for text in ("It burns on floor 2.", "Take the stairs", "/logout"):
        if text not in page:
            sys.exit(f"ticket 1 does not show {text!r} to a session from before")
    file = re.findall(r'href="([^"]+/flames\.png)"', page)[0]
    if browser.fetch(file) != bytes(range(256)) * 40:
        sys.exit("the file of ticket 1 is not what it was")
    print("a session from before goes on; ticket 1 and its file are there")


def follow_links(reply: str) -> None:
    """What an old mail links to is there, for a customer who has no session."""
    links = sorted(set(re.findall(rf"{SITE}/[^\s<>\"]+", read(reply))))
    if not links:
        sys.exit("an old mail has no link")
    for link in links:
        if "Printer on fire" not in Browser().open(link):
            sys.exit(f"{link} does not show the request")
        print("a link of an old mail opens:", link.replace(SITE, ""))


def come_in(browser: Browser, reply: str) -> None:
    """An answer to an old mail joins its ticket; a new mail gets the next number."""
    answer = letter(f"Re: {read(reply).splitlines()[0]}", "Thank you, we are all out.")
    answer["In-Reply-To"] = identity_of(reply)
    hand_in(answer)
    wait_for_page(browser, "/ticket/1", "Thank you, we are all out.")
    hand_in(letter("Smoke again", "It smells on floor 3."))
    wait_for_page(browser, "/ticket/2", "It smells on floor 3.")
    print("an answer to an old mail joined ticket 1, a new mail became ticket 2")


def let_out(browser: Browser, before: Path) -> None:
    """Nothing goes out until it is said; then what waited does, and nothing a second time."""
    page = browser.open("/admin/mail/outgoing")
    if "The database was restored from a backup, so all mail is held" not in page:
        sys.exit("outgoing mail is not held")
    browser.send(browser.open("/ticket/1"), "/ticket/1/reply", {"text": "This one is held."})
    time.sleep(STILL)
    if mails_with("This one is held."):
        sys.exit("a mail went out although mail is held")
    browser.send(page, "/admin/mail/outgoing/hold_all", {"held": "no"})
    wait_for_mail("This one is held.")
    if waited := "The fire brigade has left." in browser.open("/ticket/1"):
        wait_for_mail("The fire brigade has left.")
    files = {file.resolve() for folder in (before / "sink", SINK) for file in folder.glob("*.json")}
    identities = [identity_of(json.loads(file.read_text())["mail"]) for file in sorted(files)]
    if len(identities) != len(set(identities)):
        sys.exit("a mail went out twice")
    print("held mail went out when it was said, and none twice", "(one from before too)" if waited else "")


def identity_of(mail: str) -> str:
    return str(message_from_string(mail, policy=policy.default)["Message-ID"])


def wait_for_page(browser: Browser, path: str, words: str) -> None:
    """Until the page is there and shows these words."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if words in browser.open(path):
                return
        except OSError:  # not there yet
            pass
        if time.monotonic() > until:
            sys.exit(f"{path} does not show {words!r}")
        time.sleep(0.5)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
