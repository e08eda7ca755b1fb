"""The tag `[example.com #12]` that ties a mail's subject to a ticket: written, found, taken out."""

import re
from collections.abc import Collection
from functools import lru_cache

_LONGEST = 10_000


def subject_tag(rtname: str, ticket_id: int) -> str:
    """The tag to put in front of a subject: `[example.com #12]`."""
    return f"[{rtname} #{ticket_id}]"


def find_tags(subject: str, tags: Collection[str]) -> tuple[int, ...]:
    """The ticket numbers named in a subject by any of our tags, in order, each once.

    As RT: `[TAG #N]`, upper and lower case alike, `http://` before TAG allowed.
    """
    pattern = _pattern(tuple(tags))
    if pattern is None or "#" not in subject:
        return ()
    numbers = (int(found[1]) for found in pattern.finditer(subject[:_LONGEST]))
    return tuple(dict.fromkeys(number for number in numbers if number > 0))


def strip_tags(subject: str, tags: Collection[str]) -> str:
    """The subject without our tags, with single blanks where they stood."""
    pattern = _pattern(tuple(tags))
    if pattern is None or "#" not in subject:
        return subject
    stripped = pattern.sub(" ", subject[:_LONGEST]) + subject[_LONGEST:]
    return " ".join(stripped.split()) if stripped != subject else subject


@lru_cache(maxsize=256)
def _pattern(tags: tuple[str, ...]) -> re.Pattern[str] | None:
    names = sorted({tag.strip() for tag in tags if tag.strip()}, key=len, reverse=True)
    if not names:
        return None
    either = "|".join(re.escape(name) for name in names)
    return re.compile(
        rf"\[\s{{0,5}}(?:https?://)?(?:{either})\s{{1,5}}#(\d{{1,18}})\s{{0,5}}\]", re.IGNORECASE
    )
