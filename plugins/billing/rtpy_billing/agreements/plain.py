"""Agreements and their lines in plain values by names: for the log of the set-up."""

from collections.abc import Mapping
from datetime import date

from rtpy_billing.models import Agreement, AgreementLine

_NOT_SAID = frozenset(
    {"id", "created", "version", "organization_id", "agreement_id", "counted", "counted_on"}
)


def plain_agreement(agreement: Agreement) -> Mapping[str, object]:
    """What was agreed, without the lines."""
    return _plain(agreement)


def plain_line(line: AgreementLine) -> Mapping[str, object]:
    """One line."""
    return _plain(line)


def _plain(row: Agreement | AgreementLine) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for column in row.__table__.columns:
        if column.name not in _NOT_SAID:
            value = getattr(row, column.name)
            found[column.name] = value.isoformat() if isinstance(value, date) else value
    return found
