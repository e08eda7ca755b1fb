"""Milestones of a fixed price that the customer has accepted: from then on they are billed."""

from datetime import date

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem, Refused
from rtpy.work import Work
from rtpy_billing.agreements.granting import today_of
from rtpy_billing.agreements.plain import plain_line
from rtpy_billing.models import Agreement, AgreementLine, InvoiceLine
from rtpy_billing.rights import ADMIN_AGREEMENTS


def accept_milestone(
    work: Work, agreement: Agreement, line: AgreementLine, name: str, day: date | None
) -> None:
    """The customer has accepted it on `day`: it is billed from then on. None takes that back.

    Needs AdminAgreements. Raises Refused when it stands on an invoice already, Invalid when there is none of that name.
    """
    need_system(work, ADMIN_AGREEMENTS)
    before = plain_line(line)
    details = dict(line.details or {})
    listed = details.get("milestones")
    milestones = [dict(each) for each in listed] if isinstance(listed, list) else []
    chosen = next((each for each in milestones if each["name"] == name), None)
    if chosen is None:
        raise Invalid(Problem("milestone", "There is no such milestone."))
    if day is not None and day > today_of(work, agreement.organization_id):
        raise Invalid(Problem("accepted_on", "That day is still to come."))
    billed = select(InvoiceLine.id).where(
        InvoiceLine.agreement_line_id == line.id, InvoiceLine.bills == f"milestone {name}"[:255]
    )
    if work.db.scalar(billed.limit(1)) is not None:
        raise Refused(f"{name} stands on an invoice already.")
    chosen["accepted"] = day.isoformat() if day else None
    line.details = {**details, "milestones": milestones}
    line.version += 1
    note_configuration(work, "agreement_line", line.id, line.name, before, plain_line(line))
