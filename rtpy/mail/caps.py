"""How often an address gets an automatic answer, over all tickets: a forged sender must not make us a nuisance (A56).

Who writes by mail need not be who the sender line says. Somebody we have known for an hour gets as many answers as
the configuration allows; a new address gets one an hour.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from rtpy.mail.occasion import Occasion
from rtpy.mail.recipients import Recipient
from rtpy.models import OutgoingMail, OutgoingRecipient, User
from rtpy.work import Face

DAYS_WORTH = 3
"""In a day an address gets at most this many times what it may get in an hour."""
_LOOKED_AT = 200
"""Mails of an address that are counted, latest first: far more than any cap."""


def within_caps(occasion: Occasion, recipients: Iterable[Recipient]) -> tuple[list[Recipient], list[str]]:
    """Those who may get an automatic answer now, and why the others get none.

    What the staff did in the browser is not counted: nobody outside can set it off.
    """
    kept: list[Recipient] = []
    reasons: list[str] = []
    limited = occasion.transaction.face == Face.MAIL.value
    for recipient in recipients:
        reason = _reason(occasion, recipient) if limited else None
        if reason:
            reasons.append(reason)
        else:
            kept.append(recipient)
    return kept, reasons


def _reason(occasion: Occasion, recipient: Recipient) -> str | None:
    work, address = occasion.work, recipient.address
    an_hour_ago = work.now - timedelta(hours=1)
    cap = work.app.config.mail.autoreply_per_hour
    if cap == 0:
        return "automatic answers are switched off (mail.autoreply_per_hour)"
    answered = _answered(occasion, address)
    last_hour = sum(1 for at in answered if at > an_hour_ago)
    if last_hour >= cap:
        return f"{address} has had {last_hour} automatic answers within the hour"
    if len(answered) >= cap * DAYS_WORTH:
        return f"{address} has had {len(answered)} automatic answers within the day"
    if last_hour and _is_new(occasion, address, an_hour_ago):
        return f"{address} is new here and has had an automatic answer within the hour"
    return None


def _answered(occasion: Occasion, address: str) -> list[datetime]:
    a_day_ago = occasion.work.now - timedelta(days=1)
    wanted = {"address": address, "a_day_ago": a_day_ago}
    return list(occasion.work.db.connection().scalars(_ANSWERED, wanted))


_mail, _recipient = OutgoingMail.__table__, OutgoingRecipient.__table__
_ANSWERED = select(_mail.c.created).where(
    _mail.c.id.in_(
        select(_recipient.c.mail_id)
        .where(_recipient.c.address == bindparam("address"))
        .order_by(_recipient.c.id.desc())
        .limit(_LOOKED_AT)
    ),
    _mail.c.automatic,
    _mail.c.created > bindparam("a_day_ago"),
)


def _is_new(occasion: Occasion, address: str, since: datetime) -> bool:
    created = occasion.work.db.scalar(select(User.created).where(User.email_address == address))
    return created is None or created > since
