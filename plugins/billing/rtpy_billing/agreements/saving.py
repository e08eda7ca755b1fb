"""Making and changing agreements and their lines: checked, noted, and priced anew in the same transaction."""

from collections.abc import Mapping

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.work import Work
from rtpy_billing.agreements.effects import with_effects
from rtpy_billing.agreements.granting import post_due
from rtpy_billing.agreements.line_terms import read_line_terms
from rtpy_billing.agreements.plain import plain_agreement, plain_line
from rtpy_billing.agreements.terms import read_terms
from rtpy_billing.balances.kinds import LineKind
from rtpy_billing.models import Agreement, AgreementLine, EntryLine, InvoiceLine, MovementRow, WorkEntry
from rtpy_billing.rights import ADMIN_AGREEMENTS

ACTIVE = "active"


def save_agreement(
    work: Work, agreement: Agreement | None, given: Mapping[str, str], *, confirmed: bool = False
) -> Agreement:
    """Make an agreement (a draft) or change one. Needs AdminAgreements.

    Raises Invalid for what does not hold, Conflict when somebody else changed it since `given["version"]`, and
    `effects.Unconfirmed` when work that is not invoiced would gain or lose cover and nobody agreed to that.
    """
    need_system(work, ADMIN_AGREEMENTS)
    check_version(agreement, given)
    terms = read_terms(work, agreement, given)

    def save() -> Agreement:
        if agreement is None:
            row = Agreement(**terms.columns, created=work.now, state="draft", version=1)
            work.db.add(row)
            work.db.flush()  # the note names its number
            note_configuration(work, "agreement", row.id, row.name, None, plain_agreement(row))
            return row
        before = plain_agreement(agreement)
        for name, value in terms.columns.items():
            setattr(agreement, name, value)
        agreement.version += 1
        note_configuration(
            work, "agreement", agreement.id, agreement.name, before, plain_agreement(agreement)
        )
        post_due(work, agreement)
        return agreement

    if agreement is None:
        return save()
    return with_effects(
        work, agreement.organization_id, save, confirmed=confirmed or agreement.state == "draft"
    )


def save_line(
    work: Work,
    agreement: Agreement,
    line: AgreementLine | None,
    kind: LineKind,
    given: Mapping[str, str],
    *,
    confirmed: bool = False,
) -> AgreementLine:
    """Make a line or change one; its kind stays. Needs AdminAgreements; raises as `save_agreement`."""
    need_system(work, ADMIN_AGREEMENTS)
    check_version(line, given)
    columns = dict(read_line_terms(work, agreement, line, kind, given))

    def save() -> AgreementLine:
        if line is None:
            if not columns["position"]:
                columns["position"] = next_position(work, agreement)
            row = AgreementLine(**columns, agreement_id=agreement.id, version=1)
            work.db.add(row)
            work.db.flush()  # its grants point at it
            note_configuration(work, "agreement line", row.id, _title(agreement, row), None, plain_line(row))
        else:
            row, before = line, plain_line(line)
            for name, value in columns.items():
                setattr(row, name, value)
            row.version += 1
            note_configuration(
                work, "agreement line", row.id, _title(agreement, row), before, plain_line(row)
            )
        post_due(work, agreement)
        return row

    return with_effects(
        work, agreement.organization_id, save, confirmed=confirmed or agreement.state == "draft"
    )


def delete_line(work: Work, agreement: Agreement, line: AgreementLine) -> None:
    """Take a line away that nothing hangs on. Needs AdminAgreements; refused once it was used: end it instead."""
    need_system(work, ADMIN_AGREEMENTS)
    for model, column in (
        (MovementRow, MovementRow.line_id),
        (EntryLine, EntryLine.line_id),
        (WorkEntry, WorkEntry.line_id),
        (InvoiceLine, InvoiceLine.agreement_line_id),
    ):
        if work.db.scalar(select(func.count()).select_from(model).where(column == line.id)):
            raise Refused(f"“{line.name}” was used already: give it a last day instead of deleting it.")
    note_configuration(work, "agreement line", line.id, _title(agreement, line), plain_line(line), None)
    work.db.delete(line)


def next_position(work: Work, agreement: Agreement) -> int:
    """Behind all lines that there are."""
    last = work.db.scalar(
        select(func.max(AgreementLine.position)).where(AgreementLine.agreement_id == agreement.id)
    )
    return (last or 0) + 10


def check_version(row: Agreement | AgreementLine | None, given: Mapping[str, str]) -> None:
    """Raises Conflict when the form was filled in before somebody else's change; forms without a version pass."""
    told = given.get("version", "")
    if row is not None and told and told != str(row.version):
        raise Conflict("Somebody changed this while you were at it: look again, then change it.")


def _title(agreement: Agreement, line: AgreementLine) -> str:
    return f"{agreement.number}: {line.name}"


def need_known_kind(text: str) -> LineKind:
    """The kind that an address or a form names. Raises Invalid for what is none."""
    try:
        return LineKind(text)
    except ValueError:
        raise Invalid(Problem("kind", "Choose what kind of line it is.")) from None
