"""A policy as it was typed, as the draft that is saved."""

from collections.abc import Mapping
from typing import TypeVar

from rtpy.errors import Invalid, Problem
from rtpy.web.staff.forms import number_in
from rtpy.work import Work
from rtpy_sla.clocks.words import Reopening, Retarget
from rtpy_sla.models import Policy
from rtpy_sla.policies.saving import Draft, save_policy
from rtpy_sla.web.policies.bands import places_in, read_bands
from rtpy_sla.web.policies.conditions import read_conditions

DAY = 86_400
Word = TypeVar("Word", Reopening, Retarget)


def save_typed(work: Work, policy: Policy | None, given: Mapping[str, str]) -> Policy:
    """Save what the form holds. Raises Invalid with every problem, by the names of its fields."""
    conditions, problems = read_conditions(work.db, given)
    typed = read_bands(given)
    problems += typed.problems
    draft = Draft(
        given.get("name", ""),
        given.get("description", ""),
        number_in(given.get("ladder", "")),
        conditions,
        typed.bands,
        _one_of(Reopening, given.get("reopening", ""), "reopening", problems) or Reopening.CONTINUE,
        _seconds(given.get("confirm_days", ""), problems),
        _one_of(Retarget, given.get("on_priority", ""), "on_priority", problems) or Retarget.FROM_CREATION,
    )
    first = f"band.{next(iter(places_in(given)), 0)}.from"
    try:
        if problems:
            raise Invalid(*problems)
        return save_policy(work, policy, draft)
    except Invalid as invalid:
        placed = (
            Problem(first, each.message) if each.field == "bands" else each for each in invalid.problems
        )
        raise Invalid(*placed) from None


def _seconds(text: str, problems: list[Problem]) -> int:
    try:
        days = float(text.strip().replace(",", ".") or "0")
    except ValueError:
        days = -1.0
    if not 0 <= days <= 366:
        problems.append(Problem("confirm_days", "Write days from 0 to 366."))
        return 0
    return round(days * DAY)


def _one_of(words: type[Word], text: str, name: str, problems: list[Problem]) -> Word | None:
    try:
        return words(text)
    except ValueError:
        problems.append(Problem(name, "Choose one of the list."))
        return None
