"""Synonyms: lines of words that mean the same, as staff write them and as searches use them."""

from collections.abc import Iterator, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem
from rtpy.remembered import remembered, watch
from rtpy.work import Work
from rtpy_portal.knowledge.folding import stem, words_of
from rtpy_portal.models import Synonym

watch(Synonym)

MOST_LINES, LONGEST_LINE, MOST_WORDS = 500, 300, 5

Phrase = tuple[str, ...]
"""Stems of words that stand together, mostly one."""
Groups = Mapping[Phrase, tuple[Phrase, ...]]
"""Of each phrase that somebody may look for all phrases that mean the same, with itself."""


def groups_of(app: App, db: Session) -> Groups:
    """The synonyms as searches use them. No query as a rule."""
    return remembered(app, db, "portal.synonyms", _read_groups)


def synonym_text(db: Session) -> str:
    """All lines, as staff write them."""
    return "\n".join(db.scalars(select(Synonym.words).order_by(Synonym.position, Synonym.id)))


def save_synonyms(work: Work, text: str) -> None:
    """Take these lines instead of the present ones. Raises Invalid and names the line that is wrong."""
    lines = [line for line in (" ".join(each.split()) for each in text.splitlines()) if line]
    if len(lines) > MOST_LINES:
        raise Invalid(Problem("synonyms", f"At most {MOST_LINES} lines are kept: these are {len(lines)}."))
    for line in lines:
        _check(line)
    before = synonym_text(work.db)
    work.db.execute(delete(Synonym))
    work.db.add_all(Synonym(words=line, position=place) for place, line in enumerate(lines))
    note_configuration(work, "synonyms", None, "Synonyms", {"lines": before.splitlines()}, {"lines": lines})


def phrases_in(line: str) -> Iterator[Phrase]:
    """The phrases of a line such as `vpn = tunnel, remote access`."""
    for part in line.replace("=", ",").split(","):
        phrase = tuple(stem(word) for word in words_of(part))
        if phrase:
            yield phrase


def _check(line: str) -> None:
    shown = line if len(line) <= 40 else f"{line[:40]}…"
    if len(line) > LONGEST_LINE:
        raise Invalid(
            Problem("synonyms", f"“{shown}” is longer than {LONGEST_LINE} characters: make two lines.")
        )
    phrases = list(phrases_in(line))
    if "=" not in line or len(set(phrases)) < 2:
        raise Invalid(Problem("synonyms", f"“{shown}”: write lines like “vpn = tunnel, remote access”."))
    if any(len(phrase) > MOST_WORDS for phrase in phrases):
        raise Invalid(
            Problem(
                "synonyms", f"“{shown}”: a synonym has at most {MOST_WORDS} words. Put commas between them."
            )
        )


def _read_groups(db: Session) -> Groups:
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    for line in db.scalars(select(Synonym.words).order_by(Synonym.position, Synonym.id)):
        phrases = tuple(dict.fromkeys(phrases_in(line)))
        for phrase in phrases:
            found[phrase] = tuple(dict.fromkeys((*found.get(phrase, ()), *phrases)))
    return found
