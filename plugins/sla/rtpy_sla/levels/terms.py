"""A level of RT's own service levels as a value, read from plain values and written to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rtpy.errors import Invalid, Problem

MINUTES_LIMIT = 366 * 24 * 60
STATUSES_LIMIT = 30
NAMES = {
    "starts": "Starts",
    "response": "Response",
    "keep_in_loop": "Keep in the loop",
    "resolve": "Resolve",
    "out_of_hours": "Out of hours",
}


@dataclass(frozen=True, slots=True)
class Time:
    """How long: business minutes are counted first, then minutes of any clock; None is not the same as 0.

    In one of the statuses `ignored` the term asks for nothing; with `excludes_ignored` time that was spent in them
    since the beginning does not count either.
    """

    business: int | None = None
    real: int | None = None
    ignored: frozenset[str] = frozenset()
    excludes_ignored: bool = False


FIRST_MOMENT = Time(business=0)
"""RT's usual Starts: the first business minute."""


@dataclass(frozen=True, slots=True)
class LevelTerms:
    """What a level promises; None: it does not. `out_of_hours` is added to what begins outside of business hours."""

    starts: Time | None = FIRST_MOMENT
    response: Time | None = None
    keep_in_loop: Time | None = None
    resolve: Time | None = None
    out_of_hours: Time | None = None


def read_terms(plain: Any) -> LevelTerms:
    """Terms of plain values. Raises Invalid; fields are `response`, `resolve` and so on.

    A term is a number of business minutes, or business, real, ignore and exclude. Without `starts` it is the first
    business minute; `{"immediately": true}` is the moment of creation itself.
    """
    if not isinstance(plain, Mapping):
        raise Invalid(Problem("terms", "A level has terms such as response and resolve."))
    problems: list[Problem] = []
    unknown = sorted(set(plain) - set(NAMES))
    if unknown:
        problems.append(Problem("terms", f"There is no term {unknown[0]}: {', '.join(NAMES)}."))
    found = {name: _time(plain.get(name), name, problems) for name in NAMES}
    if plain.get("starts") is None:
        found["starts"] = FIRST_MOMENT
    if problems:
        raise Invalid(*problems)
    return LevelTerms(**found)


def write_terms(terms: LevelTerms) -> dict[str, Any]:
    """The same as plain values; what is not promised is left out."""
    plain: dict[str, Any] = {}
    for name in NAMES:
        time: Time | None = getattr(terms, name)
        if time is None or (name == "starts" and time == FIRST_MOMENT):
            continue
        plain[name] = _plain(time)
    return plain


def known_terms(plain: Any) -> LevelTerms:
    """Terms as they were stored; a level that promises nothing when they cannot be read."""
    try:
        return read_terms(plain)
    except Invalid:
        return LevelTerms(starts=None)


def _time(plain: Any, at: str, problems: list[Problem]) -> Time | None:
    if plain is None:
        return None
    if isinstance(plain, int) and not isinstance(plain, bool):
        plain = {"business": plain}
    if not isinstance(plain, Mapping):
        problems.append(Problem(at, f"{NAMES[at]}: give a number of minutes."))
        return None
    if plain.get("immediately"):
        return Time(real=0)
    business = _minutes(plain.get("business"), at, problems)
    real = _minutes(plain.get("real"), at, problems)
    if business is None and real is None and not any(problem.field == at for problem in problems):
        problems.append(Problem(at, f"{NAMES[at]}: give business minutes, real minutes, or both."))
    return Time(business, real, _statuses(plain.get("ignore"), at, problems), bool(plain.get("exclude")))


def _minutes(plain: Any, at: str, problems: list[Problem]) -> int | None:
    if plain is None:
        return None
    if isinstance(plain, bool) or not isinstance(plain, int) or not 0 <= plain <= MINUTES_LIMIT:
        problems.append(Problem(at, f"{NAMES[at]}: minutes are a whole number from 0 to {MINUTES_LIMIT}."))
        return None
    return plain


def _statuses(plain: Any, at: str, problems: list[Problem]) -> frozenset[str]:
    given: Sequence[Any] = plain if isinstance(plain, list | tuple) else [] if plain is None else [None]
    if (
        not all(isinstance(each, str) and 0 < len(each) <= 64 for each in given)
        or len(given) > STATUSES_LIMIT
    ):
        problems.append(Problem(at, f"{NAMES[at]}: ignored statuses are a list of names."))
        return frozenset()
    return frozenset(each.lower() for each in given)


def _plain(time: Time) -> dict[str, Any]:
    if time == Time(real=0):
        return {"immediately": True}
    plain: dict[str, Any] = {}
    if time.business is not None:
        plain["business"] = time.business
    if time.real is not None:
        plain["real"] = time.real
    if time.ignored:
        plain["ignore"] = sorted(time.ignored)
    if time.excludes_ignored:
        plain["exclude"] = True
    return plain
