"""Names: rows that are told apart by one, and names in the place of ids for the log of the set-up."""

from typing import Any

from sqlalchemy import func, select

from rtpy.models import Organization, User
from rtpy.work import Work
from rtpy_billing.models import AgreementLine, Role, WorkType
from rtpy_billing.pricing.words import Rung
from rtpy_billing.setting_up.plain import plain
from rtpy_billing.typed import Typed

NAMED: dict[str, tuple[str, Any]] = {
    "role_id": ("role", Role),
    "work_type_id": ("work_type", WorkType),
    "line_id": ("line", AgreementLine),
    "organization_id": ("customer", Organization),
    "user_id": ("person", User),
}
SCOPED: dict[str, Any] = {Rung.CUSTOMER.value: Organization, Rung.LINE.value: AgreementLine}


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


def told(work: Work, row: Any) -> dict[str, Any]:
    """The columns of a row for the log of the set-up: with names in the place of ids, as far as these have names."""
    values = plain(row)
    rung = values.get("rung")
    for column, (field, model) in NAMED.items():
        if column in values:
            values[field] = _name(work, model, values.pop(column))
    if "scope_id" in values:
        model = SCOPED.get(str(rung))
        number = values.pop("scope_id")
        values["scope"] = _name(work, model, number) if model else number
    return values


def _name(work: Work, model: Any, number: Any) -> Any:
    found = work.db.get(model, number) if number is not None else None
    return found.name if found is not None else number
