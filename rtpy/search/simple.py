"""The simple search box: words, numbers, addresses and `owner:me` become the tree of a query, as RT reads them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from rtpy.search.language.error import QueryError
from rtpy.search.language.lexer import refuse_unstorable
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import OPPOSITES, Both, Either, Name, Node, Not, Operator, Term

MOST_CHARACTERS = 1000
MOST_WORDS = 50
ME = "__CurrentUser__"
ACTIVE, INACTIVE = "__Active__", "__Inactive__"


@dataclass(frozen=True, slots=True)
class Known:
    """Words that mean more than themselves, each in lower case with what it is written as in a query.

    `statuses` of any lifecycle of tickets, `queues` that are open and that the reader may see, `people`: staff by name.
    """

    statuses: Mapping[str, str] = field(default_factory=dict)
    queues: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Word:
    """One piece of what was typed: its text without quotes, the prefix before a colon, and where it begins, from 1."""

    text: str
    prefix: str = ""
    is_quoted: bool = False
    is_excluded: bool = False
    column: int = 1


def read_simple(text: str, known: Known) -> Node | None:
    """The query that the words mean; None finds all tickets, which only `any` alone does.

    Words of the same kind are alternatives (`new open`), but each word of text must be there, in the subject or in a
    message. Only active tickets, unless a status or a number is given. Raises QueryError when it is too much.
    """
    words = split_words(text)
    is_numbers = all(_NUMBER.fullmatch(word.text) and word.prefix in ("", "id") for word in words)
    alternatives: dict[object, list[Node]] = {}
    shows_closed = False
    for at, word in enumerate(words):
        found = _read(word, known, is_numbers=is_numbers)
        shows_closed = shows_closed or (found.kind in ("status", "id") and not word.is_excluded)
        if word.is_excluded:
            alternatives[at] = [_opposite(_one_of(found.nodes))] if found.nodes else []
        else:
            key = at if found.kind == "text" else found.kind
            alternatives.setdefault(key, []).extend(found.nodes)
    parts = [_one_of(nodes) for nodes in alternatives.values() if nodes]
    if not shows_closed:
        parts.append(Term(Name("Status"), Operator.EQUALS, ACTIVE))
    if len(parts) < 2:
        return parts[0] if parts else None
    return Both(tuple(parts))


def split_words(text: str) -> list[Word]:
    """What was typed, piece by piece. Raises QueryError."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            f"a search may have {MOST_CHARACTERS:,} characters, and this one has {len(text):,}.",
            MOST_CHARACTERS + 1,
            text,
        )
    refuse_unstorable(text)
    words = list(_split(text.translate(_STRAIGHT)))
    if len(words) > MOST_WORDS:
        raise QueryError(f"a search may have {MOST_WORDS} words.", words[MOST_WORDS].column, text)
    return words


def ticket_number(text: str) -> int | None:
    """The number when nothing but one number was typed, `12` or `#12`: whoever types it wants that ticket."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def is_query(text: str) -> bool:
    """Is it no simple search but TicketSQL, such as `Status = 'new'`?"""
    try:
        return parse(text).node is not None
    except QueryError:
        return False


@dataclass(frozen=True, slots=True)
class _Found:
    """What one word means: alternatives of a kind. Those of one kind are put together, those of `text` are not."""

    kind: str
    nodes: tuple[Node, ...]


_STRAIGHT = str.maketrans("“”„", '"""')
_QUOTED = r'"([^"]*+)"|' + r"'([^']*+)'(?=\s|$)"
_PIECE = re.compile(
    r"(-(?=[^\W\d]|[\"'@]))?"
    r"(?:(cf\.(?:\"[^\"]++\"|'[^']++'|\{[^}]++\}|[^\s:\"'{]++)|[a-z]++):(?=\S))?"
    rf"(?:{_QUOTED}|(\S++))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"#?([0-9]{1,18})")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_DOMAIN = re.compile(r"@[^@\s]+")


def _field_name(prefix: str) -> str:
    """The name in `cf.name`, `cf.{name}` or `cf."name"`; empty when it is none of these, or names nothing."""
    return prefix[3:].strip("\"'{} ") if prefix.lower().startswith("cf.") else ""


def _split(text: str) -> Iterator[Word]:
    for found in _PIECE.finditer(text):
        excluded, prefix, double, single, bare = found.groups()
        prefix = prefix or ""
        quoted = double if double is not None else single
        is_known = prefix.lower() in _PREFIXES or bool(_field_name(prefix))
        text_of = (bare.strip('"') or bare) if quoted is None else quoted.strip()
        if prefix and not is_known:  # no prefix of ours but text: `http://…`, `re:`
            text_of, prefix = f"{prefix}:{text_of}", ""
        if text_of:
            yield Word(text_of, prefix, quoted is not None, bool(excluded), found.start() + 1)


def _read(word: Word, known: Known, *, is_numbers: bool) -> _Found:
    if name := _field_name(word.prefix):
        return _Found(f"cf {name.lower()}", (_term(word, "CF", Operator.LIKE, word.text, name),))
    if word.prefix:
        kind, read = _PREFIXES[word.prefix.lower()]
        nodes = read(word, known)
        if nodes is not None:
            return _Found(kind, nodes)
        word = replace(word, text=f"{word.prefix}:{word.text}", prefix="")
    if word.is_quoted:
        return _Found("text", _text(word, known))
    return _guess(word, known, is_numbers=is_numbers)


def _guess(word: Word, known: Known, *, is_numbers: bool) -> _Found:
    text = word.text.lower()
    number = _NUMBER.fullmatch(text)
    if number and (is_numbers or text.startswith("#")):
        return _Found("id", _numbers(word, known) or ())
    address = text.strip("<>,;")
    if _ADDRESS.fullmatch(address):
        return _Found("requestor", _requestor(replace(word, text=word.text.strip("<>,;")), known))
    if _DOMAIN.fullmatch(address):
        return _Found("requestor", _domain(replace(word, text=word.text.strip("<>,;")), known))
    if text in known.statuses or text in _SETS:
        return _Found("status", _status(word, known))
    if text in known.queues:
        return _Found("queue", _queue(word, known))
    if text in known.people or text == "me":
        return _Found("owner", _owner(word, known))
    return _Found("text", _text(word, known))


def _term(word: Word, field_name: str, operator: Operator, value: str | int, *path: str) -> Term:
    return Term(Name(field_name, path), operator, value, column=word.column)


def _text(word: Word, _known: Known) -> tuple[Node, ...]:
    """In the subject or in a message; `print*` is the beginning of a word there, and any part of the subject."""
    subject = word.text if word.is_quoted else word.text.rstrip("*") or word.text
    content = _as_phrase(word) if word.is_quoted or word.text.startswith("-") else word.text
    places = (
        _term(word, "Subject", Operator.LIKE, subject),
        _term(word, "Content", Operator.LIKE, content),
    )
    return (Either(places),)


def _as_phrase(word: Word) -> str:
    """For the full text: several words in a row, and what begins with its sign for “not”, are put into its quotes."""
    plain = word.text.replace('"', " ").strip()
    return f'"{plain}"' if len(plain.split()) > 1 or plain.startswith("-") else plain or word.text


def _subject(word: Word, _known: Known) -> tuple[Node, ...]:
    return (_term(word, "Subject", Operator.LIKE, word.text),)


def _content(word: Word, _known: Known) -> tuple[Node, ...]:
    return (_term(word, "Content", Operator.LIKE, _as_phrase(word) if word.is_quoted else word.text),)


def _numbers(word: Word, _known: Known) -> tuple[Node, ...] | None:
    found = [_NUMBER.fullmatch(each) for each in _listed(word)]
    if not all(found):
        return None
    return tuple(_term(word, "id", Operator.EQUALS, int(each[1])) for each in found if each)


_SETS = {"active": ACTIVE, "inactive": INACTIVE, "any": ""}


def _status(word: Word, known: Known) -> tuple[Node, ...]:
    values = [_SETS.get(each.lower(), known.statuses.get(each.lower(), each)) for each in _listed(word)]
    return tuple(_term(word, "Status", Operator.EQUALS, each) for each in values if each)


def _queue(word: Word, known: Known) -> tuple[Node, ...]:
    return tuple(
        _term(word, "Queue", Operator.EQUALS, known.queues.get(each.lower(), each)) for each in _listed(word)
    )


def _owner(word: Word, known: Known) -> tuple[Node, ...]:
    people = {**known.people, "me": ME, "nobody": "Nobody"}
    return tuple(
        _term(word, "Owner", Operator.EQUALS, people.get(each.lower(), each)) for each in _listed(word)
    )


def _requestor(word: Word, _known: Known) -> tuple[Node, ...]:
    return (_person(word, "Requestor"),)


def _watcher(word: Word, _known: Known) -> tuple[Node, ...]:
    return (_person(word, "Watcher"),)


def _person(word: Word, role: str) -> Node:
    if word.text.lower() == "me" and not word.is_quoted:
        return _term(word, role, Operator.EQUALS, ME, "id")
    operator = Operator.ENDS_WITH if _DOMAIN.fullmatch(word.text) else Operator.STARTS_WITH
    return _term(word, role, operator, word.text)


def _domain(word: Word, _known: Known) -> tuple[Node, ...]:
    return (_term(word, "Requestor", Operator.ENDS_WITH, f"@{word.text.lstrip('@')}"),)


def _organization(word: Word, _known: Known) -> tuple[Node, ...]:
    return (_term(word, "Organization", Operator.LIKE, word.text),)


def _listed(word: Word) -> list[str]:
    """`status:new,open` are two; what is in quotes is one."""
    if word.is_quoted or not word.prefix:
        return [word.text]
    return [each for each in word.text.split(",") if each] or [word.text]


_PREFIXES: dict[str, tuple[str, Callable[[Word, Known], tuple[Node, ...] | None]]] = {
    "subject": ("text", _subject),
    "content": ("text", _content),
    "fulltext": ("text", _content),
    "id": ("id", _numbers),
    "status": ("status", _status),
    "owner": ("owner", _owner),
    "watcher": ("watcher", _watcher),
    "requestor": ("requestor", _requestor),
    "domain": ("requestor", _domain),
    "queue": ("queue", _queue),
    "q": ("queue", _queue),
    "organization": ("organization", _organization),
    "organisation": ("organization", _organization),
    "org": ("organization", _organization),
}
"""What goes before a colon: the kind of the term and what reads it. None from it: the word is text after all."""


def _one_of(nodes: list[Node] | tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))


def _opposite(node: Node) -> Node:
    if isinstance(node, Term) and node.operator in OPPOSITES:
        return replace(node, operator=OPPOSITES[node.operator])
    return Not(node)
