"""Roles of work: in what capacity people work."""

from collections.abc import Mapping

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.work import Work
from rtpy_billing.models import Role
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.named import read_name
from rtpy_billing.setting_up.plain import as_typed, plain
from rtpy_billing.typed import Typed


def typed_role(row: Role | None) -> dict[str, str]:
    """The present values as the form shows them."""
    if row is None:
        return {"sort_order": "0"}
    return as_typed(row, ("name", "shown_name", "sort_order", "disabled"))


def save_role(work: Work, row: Role | None, given: Mapping[str, str], *, confirmed: bool = False) -> Role:
    """Make a role (None) or change one; what it costs stands elsewhere. Needs AdminBilling; raises Invalid."""
    need_system(work, ADMIN_BILLING)
    typed = Typed(given)
    name = read_name(work, typed, Role, row)
    shown_name = typed.text("shown_name", 60)
    order = typed.number("sort_order", 0, 9999, 0)
    disabled = typed.box("disabled")
    typed.check()
    before = None if row is None else plain(row)
    if row is None:
        row = Role()
        work.db.add(row)
    row.name, row.shown_name, row.sort_order, row.disabled = name, shown_name, order or 0, disabled
    work.db.flush()
    note_configuration(work, "work_role", row.id, row.name, before, plain(row))
    return row
