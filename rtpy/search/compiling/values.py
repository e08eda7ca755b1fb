"""Values of terms as fields take them: placeholders filled in, what no database takes refused."""

import re
from dataclasses import replace

from sqlalchemy import select

from rtpy.models import User
from rtpy.search.fields.field import Asking, CannotSearch
from rtpy.search.language.tree import Name, Operator, Term, Value

LARGEST = 2**63 - 1
LONGEST_TEXT = 2000
"""Characters of one value; SQLite bounds patterns."""
CURRENT_USER = "__CurrentUser__"
_NUMBER = re.compile(r"\s*([+-]?\d{1,40})\s*", re.ASCII)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_PLACEHOLDER = re.compile("__(CurrentUser|CurrentUserName|SelectedUser|SelectedUserName)__")
_WORDS = {"currentuser": CURRENT_USER}


def settle(asking: Asking, term: Term) -> Term:
    """The term with its placeholders filled in. Raises CannotSearch for texts that cannot be searched for."""
    value = term.value
    if isinstance(value, tuple):
        settled: Value | tuple[Value, ...] = tuple(_settle(asking, each) for each in value)
    else:
        settled = _settle(asking, value)
    return term if settled == value else replace(term, value=settled)


def placeholder(name: Name) -> str | None:
    """The text that an unquoted word stands for when it is no field: `CurrentUser`, `__Active__` …; else None."""
    head = name.head
    if name.path or not (head.startswith("__") and head.endswith("__")):
        return None if name.path else _WORDS.get(head.lower())
    return head


def text_of(term: Term) -> str:
    """The value of a term as a text."""
    return str(term.value)


def number_of(value: object, what: str) -> int:
    """A value as a whole number; those beyond what a database holds become the largest that it does."""
    found = _NUMBER.fullmatch(str(value))
    if found is None:
        raise CannotSearch(f"{what} is compared with whole numbers; “{str(value)[:40]}” is none.")
    return max(-LARGEST, min(LARGEST, int(found[1])))


def id_of(value: object) -> int | None:
    """The number that a text or number is, if it can be one of a row."""
    found = _NUMBER.fullmatch(str(value))
    return int(found[1]) if found and 0 <= int(found[1]) <= LARGEST else None


def need_no_part(term: Term) -> None:
    """Raises CannotSearch when something follows a field that has no parts."""
    if term.name.path:
        raise CannotSearch(f"{term.name.head} has no parts; leave out “.{'.'.join(term.name.path)[:40]}”.")


def is_list(term: Term) -> bool:
    """Is its operator IN or NOT IN?"""
    return term.operator in (Operator.IN, Operator.NOT_IN)


def values_of(term: Term) -> tuple[Value, ...]:
    """The values of a list, or the one value."""
    return term.value if isinstance(term.value, tuple) else (term.value,)


def current_user(asking: Asking, value: object) -> object:
    """`CurrentUser` in quotes as the number of the user, for fields that hold users; all else as it is."""
    return asking.work.actor.user_id if str(value).lower() == "currentuser" else value


def _settle(asking: Asking, value: Value) -> Value:
    if not isinstance(value, str):
        return value
    if bad := _UNSTORABLE.search(value):
        raise CannotSearch(f"The character U+{ord(bad[0]):04X} cannot be searched for; remove it.")
    if len(value) > LONGEST_TEXT:
        raise CannotSearch(f"A value may have {LONGEST_TEXT:,} characters, and this one has {len(value):,}.")
    if "__" not in value:
        return value
    return _PLACEHOLDER.sub(lambda found: _person(asking, found[1]), value)


def _person(asking: Asking, which: str) -> str:
    actor = asking.work.actor
    if which == "CurrentUser":
        return str(actor.user_id)
    if which == "CurrentUserName" or asking.selected_user_id in (None, actor.user_id):
        return actor.name if which.endswith("Name") else str(actor.user_id)
    if which == "SelectedUser":
        return str(asking.selected_user_id)
    return asking.work.db.scalar(select(User.name).where(User.id == asking.selected_user_id)) or ""
