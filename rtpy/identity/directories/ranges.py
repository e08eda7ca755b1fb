"""Active Directory's long attributes: it gives 1,500 members of a group at a time, and says so in the name."""

import re
from collections.abc import Callable, Mapping

Values = Mapping[str, tuple[bytes, ...]]

_RANGE = re.compile(r"(?P<name>[a-z0-9.-]+);range=(?P<first>\d+)-(?P<last>\d+|\*)")
MOST_STEPS = 10_000


def read_ranges(found: Values, read: Callable[[str], Values]) -> dict[str, tuple[bytes, ...]]:
    """`found` (names in lower case) with each attribute that came in part made whole.

    `read` asks for one attribute of the same entry, such as `member;range=1500-*`. Raises ValueError when the answers
    come to no end: a part must never pass for the whole.
    """
    whole = {name: values for name, values in found.items() if ";range=" not in name}
    for name in found.keys() - whole.keys():
        if part := _RANGE.fullmatch(name):
            whole[part["name"]] = _rest(part, found[name], read)
    return whole


def _rest(part: re.Match[str], values: tuple[bytes, ...], read: Callable[[str], Values]) -> tuple[bytes, ...]:
    collected = list(values)
    for _ in range(MOST_STEPS):
        if part["last"] == "*":
            return tuple(collected)
        wanted = f"{part['name']};range={int(part['last']) + 1}-*"
        answers = {
            found: values
            for name, values in read(wanted).items()
            if (found := _RANGE.fullmatch(name)) and found["name"] == part["name"] and values
        }
        if not answers:
            break
        part, more = next(iter(answers.items()))
        collected += more
    raise ValueError(f"{part['name']} came in parts, and not to its end")
