"""The link of a mailed statement, as its reader sees it."""

import re

from rtpy.mail.sealed_words import open_words


def link_in(app, mail):
    """The path of the page."""
    return re.search(r"/billing/statement/[A-Za-z0-9_-]{43}", open_words(app.config, mail.body))[0]
