"""Whether a reply says thanks and nothing else: then a closed ticket may stay closed.

Rather too few than too many: every word must belong to a phrase that is listed here, so that a reply with anything
of its own (a question, a number, “but”, “not”) is no mere thanks.
"""

import json
import re
from typing import Final

from rtpy.content.fold import fold
from rtpy.content.part import Message, PartRole
from rtpy.content.plain import message_text
from rtpy.mail.thanks_words import AFTER, CLOSINGS, GREETINGS, PLEASANT, THANKS

LONGEST: Final = 400
"""Characters of a reply that may be mere thanks."""
MOST_LINES: Final = 14
SMALL_PICTURE: Final = 30_000
"""Bytes of a picture that may be a logo below a name."""

_ANY: Final = re.compile(r"[?？¿#@<>=/\\|]|\d{1,3}[.:)]\s|\b(?:p\.?\s?s|n\.?b|btw)\b", re.I)
_BREAKS: Final = re.compile(r"[.!;,:()\[\]\"“”„…–—\-*_~+&]+")
_PICTURES: Final = re.compile(
    "[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d\U0001f3fb-\U0001f3ff]+|[:;]-?[)DpP]|<3|\\^\\^"
)
_PLEASED: Final = re.compile(
    "[\u263a\u2705\u270c\u2714\u2764\U0001f389\U0001f44c\U0001f44d\U0001f44f\U0001f4aa\U0001f4af\U0001f600-\U0001f604"
    "\U0001f60a\U0001f642\U0001f64c\U0001f64f\U0001f91d\U0001f970\U0001f973]"
)
"""Signs that say thanks by themselves: a thumb up, clapping hands, a heart, a smile."""
_DISPLEASED: Final = re.compile(
    "[\u2620\u2639\u274c\u2753\u2754\U0001f44e\U0001f494\U0001f4a9\U0001f595\U0001f612-\U0001f616\U0001f61e-\U0001f62d"
    "\U0001f630\U0001f631\U0001f635\U0001f641\U0001f643\U0001f644\U0001f914\U0001f926\U0001f92c\U0001f937]|[:;]['’]?-?[(\\[]"
)
"""Signs with which no words are mere thanks: a thumb down, tears, anger, doubt."""
REACTION: Final = "text/vnd.google.email-reaction+json"
"""What Gmail puts into a mail that says no more than one sign to the mail before."""
_LINK: Final = re.compile(r"(?:and|und|et|y|e|en|i|og|och|a) ")
_CAPITAL: Final = re.compile(r"[^\W\d_][\w.'’-]*")
_SMALL: Final = frozenset("of the for de da di du la le von der van den and und et y e".split())
_NO_NAME: Final = frozenset(
    "no not but still broken problem problems error down again why how when what please can could need nicht kein keine"
    " aber leider noch wann wie bitte fehler mais pero ma maar mas ale nie non ne niet não".split()
)


def says_only_thanks(message: Message, names: str = "") -> bool:
    """Is there nothing in the message but thanks? `names` are those of its sender, who may sign with them."""
    for part in message.parts:
        if part.content_type == REACTION:
            return _is_pleased(part.data, message_text(message.parts))
        if part.role is PartRole.FILE or (part.role is PartRole.INLINE and len(part.data) > SMALL_PICTURE):
            return False
    return is_only_thanks(message_text(message.parts), names)


def is_only_thanks(text: str, names: str = "") -> bool:
    """Is there nothing in the text but thanks, beside quotations and a signature?"""
    visible = fold(text[:20_000]).visible
    if _DISPLEASED.search(visible):
        return False
    said = _PICTURES.sub(" . ", _PLEASED.sub(" . thanks . ", visible)).replace("’", "'").strip()
    lines = [line for line in (" ".join(line.split()) for line in said.splitlines()) if line]
    if not lines or len(said) > LONGEST or len(lines) > MOST_LINES:
        return False
    known = frozenset(re.findall(r"[^\W\d_]+", names.casefold()))
    thanked = False
    for index, line in enumerate(lines):
        if thanked and index and _is_signed(lines[index:], known):
            return True
        if _ANY.search(line):
            return False
        for piece in filter(None, (piece.strip() for piece in _BREAKS.split(line))):
            reached = _read(piece, known)
            if reached is None:
                return False
            thanked = thanked or reached
    return thanked


def _is_pleased(reaction: bytes, text: str) -> bool:
    """Is a sign from Gmail one that says thanks, with no more around it than the line that Gmail writes?"""
    lines = [line for line in fold(text[:20_000]).visible.splitlines() if line.strip()]
    if len(lines) > 3 or sum(map(len, lines)) > LONGEST:
        return False
    try:
        sign = json.loads(reaction)["emoji"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
    return isinstance(sign, str) and len(sign) <= 10 and bool(_PLEASED.match(sign))


def _read(piece: str, known: frozenset[str]) -> bool | None:
    """Whether a piece between two signs has thanks in it; None when a word of it belongs to no phrase.

    Walks over the places that phrases can end at, so the time grows with the length times the number of phrases.
    """
    folded = f"{piece.casefold()} "
    if len(folded) != len(piece) + 1:
        return None
    words = folded.split()
    if words and all(word.strip("'") in known for word in words):
        return False
    reached: dict[int, bool] = {0: False}
    end = len(folded)
    best: bool | None = None
    while reached:
        at = min(reached)
        thanked = reached.pop(at)
        if at == end:
            best = thanked or best or False
            continue
        if link := _LINK.match(folded, at):
            reached[link.end()] = reached.get(link.end(), False) or thanked
        for phrases, is_thanks in ((THANKS, True), (PLEASANT, False), (CLOSINGS, False)):
            for stop in phrases.ends(folded, at):
                reached[stop] = reached.get(stop, False) or thanked or is_thanks
        if thanked:
            reached |= dict.fromkeys(AFTER.ends(folded, at), True)
        greeted = GREETINGS.ends(folded, at)
        for stop in greeted:
            reached[stop] = reached.get(stop, False) or thanked
        if any(_is_name(piece[stop:], known) for stop in (*greeted, *((at,) if thanked else ()))):
            best = thanked or best or False
    return best


def _is_name(rest: str, known: frozenset[str]) -> bool:
    """One to three capitalised words to the end of the piece, or names that are known."""
    words = rest.split()
    if not 1 <= len(words) <= 3 or not _NO_NAME.isdisjoint(word.casefold() for word in words):
        return False
    return all((word[0].isupper() and _CAPITAL.fullmatch(word)) or word.casefold() in known for word in words)


def _is_signed(lines: list[str], known: frozenset[str]) -> bool:
    """Is the rest a closing with names, titles and addresses below it, or a name alone?"""
    first = " ".join(_BREAKS.sub(" ", lines[0]).split())
    ends = CLOSINGS.ends(f"{first.casefold()} ", 0)
    if not ends:
        words = [word.casefold() for line in lines for word in _BREAKS.sub(" ", line).split()]
        return len(lines) <= 2 and all(word in known for word in words)
    if not any(end >= len(first) or _is_name(first[end:], known) for end in ends):
        return False
    return len(lines) <= 9 and all(_is_line_of_signature(line, known) for line in lines[1:])


def _is_line_of_signature(line: str, known: frozenset[str]) -> bool:
    if "?" in line or re.match(r"(?:p\.?\s?s|n\.?b)\b|btw\b", line, re.I):
        return False
    words = _BREAKS.sub(" ", line).split()
    if len(words) > 8:
        return False
    fitting = (
        word[0].isupper() or not word[0].isalpha() or word in _SMALL or word.casefold() in known
        for word in words
    )
    if not _NO_NAME.isdisjoint(word.casefold() for word in words):
        return False
    return all(fitting) or (bool(re.search(r"\d{4}|@|www\.|https?:", line)) and len(words) <= 6)
