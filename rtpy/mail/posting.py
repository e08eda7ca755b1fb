"""Posting: the rows of the mails that scrips have decided on, written together in four statements, five with digests.

Plain statements instead of the unit of work: these rows are written for every transaction and never read back here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from rtpy.models import DigestItem, OutgoingMail, OutgoingRecipient, Transaction

_MAILS = insert(OutgoingMail.__table__).returning(OutgoingMail.__table__.c.id, sort_by_parameter_order=True)  # type: ignore[arg-type]
_RECIPIENTS = insert(OutgoingRecipient.__table__)  # type: ignore[arg-type]
_RECORDS = insert(Transaction.__table__)  # type: ignore[arg-type]
_DIGEST_ITEMS = insert(DigestItem.__table__)  # type: ignore[arg-type]
FOR_DIGEST = "for_digest"
"""In a recipient's values: for whose digest it waits, 0 for nobody's. No column."""

Posted = tuple[Mapping[str, Any], Sequence[Mapping[str, Any]], Mapping[str, Any] | None]
"""A mail, its recipients, and the record of it in the ticket's history, if there is to be one."""


def post(db: Session, mails: Sequence[Posted]) -> None:
    """Write mails, each with its recipients and with the record in the ticket's history."""
    if not mails:
        return
    connection = db.connection()
    ids = connection.execute(_MAILS, [dict(mail) for mail, _, _ in mails]).scalars().all()
    told = {
        (mail["transaction_id"], one["address"].lower())
        for mail, them, _ in mails
        for one in them
        if one["state"] == "queued"
    }
    recipients, items = [], []
    for number, (mail, them, _) in zip(ids, mails, strict=True):
        for given in them:
            row = dict(given)
            if user_id := row.pop(FOR_DIGEST, 0):
                if (mail["transaction_id"], row["address"].lower()) in told:
                    continue  # another of these mails tells it now
                items.append({"mail_id": number, "user_id": user_id, "address": row["address"]})
            recipients.append({"mail_id": number, **row})
    if recipients:
        connection.execute(_RECIPIENTS, recipients)
    if items:
        connection.execute(_DIGEST_ITEMS, items)
    if records := [dict(record) for _, _, record in mails if record]:
        connection.execute(_RECORDS, records)
