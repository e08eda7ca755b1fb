"""The end of a walk, run inside: a customer's mail comes in, staff answers over HTTPS, the answer leaves over TLS.

`python3 story.py PASSWORD_OF_ROOT`.
"""

import sys
import urllib.error

from site_of_walk import KEPT, Browser, hand_in, letter, read, wait_for_mail, wait_until_ready


def main(password: str) -> None:
    wait_until_ready()
    mail = letter("Printer on fire", "It burns on floor 2.")
    mail.add_attachment(bytes(range(256)) * 40, maintype="image", subtype="png", filename="flames.png")
    hand_in(mail)
    print("answered automatically:", read(wait_for_mail("Printer on fire")).splitlines()[0])

    browser = Browser(KEPT)
    if not browser.log_in("root", password):
        sys.exit("root could not log in")
    page = browser.open("/ticket/1")
    if "It burns on floor 2." not in page or "flames.png" not in page:
        sys.exit("ticket 1 does not show the mail and its file")
    browser.send(page, "/ticket/1/reply", {"text": "Take the stairs, help is on its way."})
    print("answered by staff:", read(wait_for_mail("Take the stairs")).splitlines()[0])

    try:
        browser.fetch("/REST/1.0/NoAuth/mail-gateway", b"message=x")
    except urllib.error.HTTPError as refused:
        if refused.code != 403:
            sys.exit(f"the mail gateway answered strangers with {refused.code}")
    else:
        sys.exit("the mail gateway is open to strangers")
    browser.close()
    print("STORY TOLD")


if __name__ == "__main__":
    main(sys.argv[1])
