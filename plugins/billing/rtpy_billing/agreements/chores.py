"""What the worker does for agreements: fills balances, renews, warns, closes old questions."""

import logging

from sqlalchemy import select

from rtpy.app import App
from rtpy.jobs.worker import Chore
from rtpy.work import Work
from rtpy_billing.agreements.consenting import expire_consents
from rtpy_billing.agreements.effects import with_effects
from rtpy_billing.agreements.granting import post_due
from rtpy_billing.agreements.states import ACTIVE, renew_by_itself
from rtpy_billing.agreements.warning import warn
from rtpy_billing.models import Agreement

log = logging.getLogger("rtpy.billing")


def look_after_agreements(app: App) -> int:
    """One round: every active agreement in a transaction of its own; how much was done."""
    with app.work() as work:
        done = expire_consents(work)
    with app.work(reading=True) as work:
        ids = work.db.scalars(
            select(Agreement.id).where(Agreement.state == ACTIVE).order_by(Agreement.id)
        ).all()
    for number in ids:
        try:
            with app.work() as work:
                done += look_after(work, number)
        except Exception:
            log.exception("agreement %s could not be looked after", number)
    return done


def look_after(work: Work, number: int) -> int:
    """One agreement; its row is locked, so that two workers do not fill a balance twice."""
    agreement = work.db.get(Agreement, number, with_for_update=True)
    if agreement is None or agreement.state != ACTIVE:
        return 0
    done = int(renew_by_itself(work, agreement))
    posted = post_due(work, agreement)
    if posted or done:
        with_effects(work, agreement.organization_id, lambda: None, confirmed=True)
    return done + posted + warn(work, agreement)


AGREEMENTS = Chore("billing agreements", 900.0, look_after_agreements)
