"""What belongs to one customer alone, taken out of a text that shall become a page for others.

It finds what can be found by its form, and the names that are known; a person must read the rest.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NAME, COMPANY, MAIL, PHONE, ADDRESS, SECRET, NUMBER = (
    "[name]",
    "[company]",
    "[mail address]",
    "[phone number]",
    "[IP address]",
    "[secret]",
    "[number]",
)
_SHORTEST = 2
"""Letters of a part of a name; of so short ones only those with the same capitals are found."""
_MAIL = re.compile(r"(?:mailto:)?[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_URL_LOGIN = re.compile(r"(?<=://)[^\s/@]{1,200}@")
_IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b", re.I)
_PHONE = re.compile(r"(?<![\w.:/#-])(?:\+\d|\(?0)\d{0,4}[\d ()/.-]{5,20}\d(?![\w:])")
_SECRET = re.compile(
    r"(?P<word>\b(?:pass(?:word|wort|phrase|code)?|kennwort|pin|pwd|secret|token|api[ -]?key|license key"
    r"|lizenzschlüssel)"
    r"\b\s*(?:is|ist|lautet|=|:)\s*)(?P<value>\S+)",
    re.I,
)
_NUMBER = re.compile(r"\b(?:[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?|\d{9,})\b")
_TITLES = r"(?:Mr|Mrs|Ms|Dr|Herrn?|Frau)"
_CALLED = r"[^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z][\w'’-]+)?"
_TITLED = re.compile(rf"(?P<word>\b{_TITLES}\.?\s+){_CALLED}")
_GREETED = re.compile(
    r"(?P<word>^(?:Dear|Hi|Hello|Hey|Hallo|Liebe|Lieber|Guten Tag)\s+)"
    rf"(?!(?:{_TITLES}|All|Everyone|Everybody|Team|Support|There|Zusammen)\b){_CALLED}",
    re.M,
)
_CLOSING = re.compile(
    r"^\s*(?:(?:(?:kind|best|warm|many)?\s*regards|(?:mit )?freundlichen? grüßen?|(?:viele|beste|liebe)? ?grüße|gruß)"
    r"(?:\s+(?:from|to|aus|an|nach)\b[^\n]{0,20})?"
    r"|cheers|thanks|many thanks|thank you|sincerely|yours(?: \w+)?|best|danke|vielen dank|mfg|vg|lg)[\s,.!–-]*$",
    re.I,
)
_CLOSING_LINES = 8


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what was found, and how often each kind of it was."""

    text: str
    found: Mapping[str, int] = field(default_factory=dict)


def redact(text: str, people: Iterable[str] = (), companies: Iterable[str] = ()) -> Redacted:
    """The text with `[name]`, `[mail address]` and the like in the place of what was found.

    `people` are full names: each part of one is looked for by itself too. The farewell at the end of a message goes
    with whatever stands below it.
    """
    counts: Counter[str] = Counter()

    def put(pattern: re.Pattern[str], instead: str, given: str) -> str:
        def change(found: re.Match[str]) -> str:
            counts[instead] += 1
            return (found.groupdict().get("word") or "") + instead

        return pattern.sub(change, given)

    text = _without_farewell(text)
    text = put(_SECRET, SECRET, text)
    text = _URL_LOGIN.sub("", text)
    text = put(_MAIL, MAIL, text)
    text = put(_IP, ADDRESS, text)
    text = put(_NUMBER, NUMBER, text)
    text = put(_PHONE, PHONE, text)
    if (pattern := _names(companies, parts=False)) is not None:
        text = put(pattern, COMPANY, text)
    if (pattern := _names(people, parts=True)) is not None:
        text = put(pattern, NAME, text)
    text = put(_TITLED, NAME, text)
    text = put(_GREETED, NAME, text)
    text = re.sub(r"\[name\](?:[ ,]+\[name\])+", NAME, text)
    return Redacted(text, dict(counts))


def _names(given: Iterable[str], *, parts: bool) -> re.Pattern[str] | None:
    words: set[str] = set()
    for each in given:
        plain = " ".join(each.split())
        words.add(plain)
        if parts:
            words.update(plain.replace(",", " ").split())
    kept = sorted((word for word in words if len(word) >= _SHORTEST), key=len, reverse=True)
    if not kept:
        return None
    every = (re.escape(word) if len(word) > _SHORTEST else f"(?-i:{re.escape(word)})" for word in kept)
    return re.compile(rf"(?<!\w)(?:{'|'.join(every)})(?:['’]s)?(?!\w)", re.I)


def _without_farewell(text: str) -> str:
    lines = text.rstrip().split("\n")
    for at in range(max(len(lines) - _CLOSING_LINES, 0), len(lines)):
        if _CLOSING.match(lines[at]):
            return "\n".join(lines[:at]).rstrip()
    return "\n".join(lines)
