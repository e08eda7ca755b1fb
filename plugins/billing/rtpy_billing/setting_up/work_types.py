"""Work types: what kinds of work there are, and what they mean for charging."""

from collections.abc import Mapping

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.work import Work
from rtpy_billing.models import WorkType
from rtpy_billing.pricing.words import ChargeMode, Hours
from rtpy_billing.repricing.effects import changing_all
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.named import read_name
from rtpy_billing.setting_up.plain import as_typed, plain
from rtpy_billing.typed import Typed

MODES = {
    "": "As agreement and ticket say, else billable",
    ChargeMode.BILLABLE.value: "Billable",
    ChargeMode.NO_CHARGE.value: "No charge: shown at nought",
    ChargeMode.HIDDEN.value: "Hidden: customers never see it",
    ChargeMode.UNDECIDED.value: "Undecided: somebody must say",
}
HOURS = {
    Hours.ANY.value: "As the clock says",
    Hours.IN.value: "Always as in agreed hours",
    Hours.OUT.value: "Always as out of agreed hours",
}
COLUMNS = ("name", "shown_name", "charge_mode", "hours", "is_on_site", "sort_order", "disabled")


def typed_work_type(row: WorkType | None) -> dict[str, str]:
    """The present values as the form shows them."""
    return {"hours": Hours.ANY.value, "sort_order": "0"} if row is None else as_typed(row, COLUMNS)


def save_work_type(
    work: Work, row: WorkType | None, given: Mapping[str, str], *, confirmed: bool = False
) -> WorkType:
    """Make a work type (None) or change one. Needs AdminBilling; raises Invalid, and WouldMove unless `confirmed`."""
    need_system(work, ADMIN_BILLING)
    typed = Typed(given)
    values = {
        "name": read_name(work, typed, WorkType, row),
        "shown_name": typed.text("shown_name", 60),
        "charge_mode": typed.choice("charge_mode", MODES) or None,
        "hours": typed.choice("hours", HOURS, Hours.ANY.value),
        "is_on_site": typed.box("is_on_site"),
        "sort_order": typed.number("sort_order", 0, 9999, 0),
        "disabled": typed.box("disabled"),
    }
    typed.check()

    def change() -> WorkType:
        before = None if row is None else plain(row)
        there = row or WorkType()
        for name, value in values.items():
            setattr(there, name, value)
        work.db.add(there)
        work.db.flush()
        note_configuration(work, "work_type", there.id, there.name, before, plain(there))
        return there

    return changing_all(work, change, confirmed=confirmed)
