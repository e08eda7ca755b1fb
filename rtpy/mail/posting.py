"""Posting: the rows of the mails that scrips have decided on, written together in four statements.

Plain statements instead of the unit of work: these rows are written for every transaction and never read back here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from rtpy.models import OutgoingMail, OutgoingRecipient, Transaction

_MAILS = insert(OutgoingMail.__table__).returning(OutgoingMail.__table__.c.id, sort_by_parameter_order=True)  # type: ignore[arg-type]
_RECIPIENTS = insert(OutgoingRecipient.__table__)  # type: ignore[arg-type]
_RECORDS = insert(Transaction.__table__)  # type: ignore[arg-type]


def post(
    db: Session, mails: Sequence[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]], Mapping[str, Any]]]
) -> None:
    """Write mails, each with its recipients and with the record in the ticket's history."""
    if not mails:
        return
    connection = db.connection()
    ids = connection.execute(_MAILS, [dict(mail) for mail, _, _ in mails]).scalars().all()
    connection.execute(
        _RECIPIENTS,
        [
            {"mail_id": number, **recipient}
            for number, (_, recipients, _) in zip(ids, mails, strict=True)
            for recipient in recipients
        ],
    )
    connection.execute(_RECORDS, [dict(record) for _, _, record in mails])
