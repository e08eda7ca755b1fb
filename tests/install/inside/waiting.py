"""Run inside the old machine, while the mail server at the other end is off: an answer is written that has to wait."""

import sys

from site_of_walk import KEPT, Browser

browser = Browser(KEPT)
page = browser.send(browser.open("/ticket/1"), "/ticket/1/reply", {"text": "The fire brigade has left."})
if "The fire brigade has left." not in page:
    sys.exit("the answer was not taken")
if "queued" not in browser.open("/admin/mail/outgoing"):
    sys.exit("the answer does not wait")
browser.close()
