"""Rows that are told apart by a name: none twice, whatever the case."""

from typing import Any

from sqlalchemy import func, select

from rtpy.work import Work
from rtpy_billing.typed import Typed


def read_name(work: Work, typed: Typed, model: Any, row: Any, most: int = 60) -> str:
    """The name that was typed; a problem when it is empty or another row's. `model` has `id` and `name`."""
    name = typed.text("name", most, "Give it a name.")
    if name:
        same = select(model.id).where(func.lower(model.name) == name.lower())
        if row is not None:
            same = same.where(model.id != row.id)
        if work.db.scalar(same.limit(1)) is not None:
            typed.wrong("name", f"There is a “{name}” already.")
    return name


def chosen(work: Work, typed: Typed, field: str, model: Any) -> int | None:
    """The id of a row that was chosen of a list, or None for none; `model` has an `id`."""
    number = typed.number(field, 1, 10**11)
    if number is not None and work.db.scalar(select(model.id).where(model.id == number)) is None:
        typed.wrong(field, "Choose one of the list.")
        return None
    return number
