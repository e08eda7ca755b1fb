"""Words of a mail that only its addressee may read: sealed in the outbox, opened when the mail is built for sending."""

import re

from rtpy.config import Config
from rtpy.errors import Refused
from rtpy.sealing import seal, unseal

PURPOSE = "words of a mail"
_SEALED = re.compile(r"\[\[sealed:([A-Za-z0-9_=-]{1,4000})\]\]")


def sealed_words(config: Config, words: str) -> str:
    """`words` as they may stand in the body of a row of the outbox."""
    return f"[[sealed:{seal(config, PURPOSE, words)}]]"


def open_words(config: Config, body: str) -> str:
    """The body as it is sent. What was sealed by nobody here stays as it stands."""

    def opened(found: re.Match[str]) -> str:
        try:
            return unseal(config, PURPOSE, found[1])
        except Refused:
            return found[0]

    return _SEALED.sub(opened, body) if "[[sealed:" in body else body


def hide_words(body: str) -> str:
    """The body as others may read it."""
    return _SEALED.sub("[only the addressee reads this]", body)
