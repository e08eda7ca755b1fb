"""Subjects of strangers in automatic answers: shortened, and nothing in them to click on (A56)."""

import re

LONGEST = 60
_LOOKED_AT = 300
"""Characters of a subject: looking for addresses takes their cube, and a few dozen are shown."""

_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}:/?/|www\.)\S*|\S+@\S+\.\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,24}(?:/\S*)?",
    re.I,
)


def defanged(subject: str, tag: str) -> str:
    """A subject for an automatic answer; the ticket's `tag` in it stays whole."""
    words = subject.replace(tag, " ", 1)[:_LOOKED_AT]
    words = " ".join(_LINK.sub("...", words).split())
    if len(words) > LONGEST:
        words = words[: LONGEST - 3].rstrip() + "..."
    return f"{tag} {words}".rstrip()
