"""The fields of one work entry."""

from collections.abc import Mapping
from dataclasses import replace

from pyramid.request import Request
from sqlalchemy import select

from rtpy.errors import Invalid
from rtpy.models import Organization
from rtpy.web.forms import Field
from rtpy.work import Work
from rtpy_billing.capture.kinds import all_work_types, roles_offered, work_types_offered
from rtpy_billing.capture.local_time import clock_shown, which_pass, zone_named
from rtpy_billing.capture.values import MODES
from rtpy_billing.models import WorkEntry
from rtpy_billing.rights import LOG_TIME_FOR_OTHERS
from rtpy_billing.web.entries.words import duration
from rtpy_billing.web.fields import Fields

PASSES = {"": "which one?", "first": "the first time", "second": "the second time"}


def entry_fields(
    request: Request, given: Mapping[str, str], wrong: Mapping[str, str], entry: WorkEntry | None = None
) -> tuple[Field, ...]:
    """Every field with what was typed and what is wrong with it."""
    work, made = request.work, Fields(given)
    kinds = dict(work_types_offered(work))
    if entry is not None and entry.work_type_id is not None:
        kinds.setdefault(entry.work_type_id, all_work_types(work).get(entry.work_type_id, ""))
    roles = roles_offered(work)
    fields = [
        made.text(
            "ticket", "Ticket", "Its number. Empty for travel, meetings and other work without a ticket."
        ),
        made.text("minutes", "Time worked", "25, 25m, 0:25, 1h20 or 0.4h", required=True),
        made.text("worked_on", "Day", kind="date", required=True),
        made.text("started", "From", "Only where clock times matter.", "time"),
        *(
            [made.choice("started_which", "That hour came twice. From:", PASSES)]
            if _asks("started", given, wrong)
            else []
        ),
        made.text("ended", "To", "", "time"),
        *(
            [made.choice("ended_which", "That hour came twice. To:", PASSES)]
            if _asks("ended", given, wrong)
            else []
        ),
    ]
    if kinds:
        fields.append(made.one_of("work_type", "Kind of work", kinds.items(), "not said"))
    if roles:
        fields.append(made.one_of("role", "Role", roles.items(), "as agreed, or the usual one"))
    fields += [
        made.choice("charge", "Charge", MODES),
        made.text("charge_reason", "Why not charged", "For whoever approves."),
        made.area(
            "note_customer", "Note for the customer", "The only one of these that the customer ever reads."
        ),
        made.area("note_internal", "Internal note"),
    ]
    if not given.get("ticket") or "organization" in wrong:
        fields.insert(
            1, made.one_of("organization", "Customer", _organizations(work), "nobody, internal work")
        )
    if entry is None and work.rights.system(LOG_TIME_FOR_OTHERS):
        fields.insert(0, made.text("worked_by", "Who worked", "A login name or a mail address. Empty: you."))
    return tuple(replace(each, error=wrong.get(each.name, "")) for each in fields)


def values_of(entry: WorkEntry) -> dict[str, str]:
    """What the form shows of an entry."""
    zone = zone_named(entry.zone)
    values = {
        "ticket": str(entry.ticket_id or ""),
        "organization": str(entry.organization_id or ""),
        "minutes": duration(entry.worked_seconds // 60),
        "worked_on": entry.worked_on.isoformat(),
        "work_type": str(entry.work_type_id or ""),
        "role": str(entry.role_id or ""),
        "charge": entry.charge_mode or "",
        "charge_reason": entry.charge_reason,
        "note_customer": entry.note_customer,
        "note_internal": entry.note_internal,
    }
    for name, at in (("started", entry.started), ("ended", entry.ended)):
        if at is not None:
            values[name] = clock_shown(at, zone)
            values[f"{name}_which"] = which_pass(at, zone)
    return values


def wrong_in(problem: Exception) -> dict[str, str]:
    """What is wrong, by field; the first problem of each. What is about no field stands under an empty name."""
    found: dict[str, str] = {}
    if not isinstance(problem, Invalid):
        return {"": str(problem)}
    for each in problem.problems:
        found.setdefault(each.field, each.message)
    return found


def problems_above(fields: tuple[Field, ...], wrong: Mapping[str, str]) -> list[tuple[str | None, str]]:
    """For the list at the top: the id of each field with its sentence."""
    ids = {each.name: each.id for each in fields}
    return [(ids.get(name), sentence) for name, sentence in wrong.items()]


def _asks(name: str, given: Mapping[str, str], wrong: Mapping[str, str]) -> bool:
    return f"{name}_which" in wrong or bool(given.get(f"{name}_which"))


def _organizations(work: Work) -> list[tuple[int, str]]:
    rows = work.db.execute(select(Organization.id, Organization.name).order_by(Organization.name).limit(500))
    return [(row.id, row.name) for row in rows]
