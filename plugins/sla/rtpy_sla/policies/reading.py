"""Conditions and terms of a policy from a set-up file, read strictly: what is stored can be counted by ever after."""

from collections.abc import Mapping, Sequence
from typing import Any

from rtpy_sla.clocks.words import Unit
from rtpy_sla.following.bands import EVERY_MINUTE, read_bands

LISTS = ("organizations", "sites", "queues", "groups", "channels")
PRIORITIES = ("priority_from", "priority_to")
KNOWN = frozenset({*LISTS, *PRIORITIES, "fields", "query"})
MOST_SECONDS, MOST_DAYS, HIGHEST = 366 * 86_400, 999, 999_999_999


def check_terms(bands: Sequence[Mapping[str, Any]]) -> None:
    """Bands with the numbers of their calendars, as versions keep them. Raises ValueError, KeyError, TypeError."""
    if not all(isinstance(band["terms"], dict) for band in bands):
        raise TypeError("terms")
    if not all(type(term["amount"]) is int for band in bands for term in band["terms"].values()):
        raise TypeError("amount")
    read = read_bands(bands, lambda _: EVERY_MINUTE)
    for band in read:
        if abs(band.from_priority) > HIGHEST:
            raise ValueError("from_priority")
        for target, term in band.terms.items():
            most = MOST_DAYS if term.unit is Unit.DAYS else MOST_SECONDS
            if term.amount is None or not 0 <= term.amount <= most:
                raise ValueError(f"amount of {target.value}")


def read_conditions(given: object) -> dict[str, Any]:
    """Conditions with names of things. Raises ValueError, also for a word that is none: it would hold for all."""
    if not isinstance(given, dict):
        raise ValueError("conditions")
    for name, value in given.items():
        if name not in KNOWN:
            raise ValueError(f"the condition {name}")
        if value is None:
            continue
        if name in LISTS:
            is_fine = isinstance(value, list)
        elif name in PRIORITIES:
            is_fine = isinstance(value, int) and abs(value) <= HIGHEST
        elif name == "fields":
            is_fine = isinstance(value, dict) and all(map(_is_texts, value.values()))
        else:
            is_fine = isinstance(value, str)
        if not is_fine or (name == "channels" and not _is_texts(value)):
            raise ValueError(f"the condition {name}")
    return {name: value for name, value in given.items() if value is not None}


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
