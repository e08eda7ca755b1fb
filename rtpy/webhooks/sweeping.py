"""The chore that sweeps old deliveries."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.engine import CursorResult

from rtpy.app import App
from rtpy.jobs.worker import Chore
from rtpy.models import WebhookDelivery

AT_ONCE = 1000


def sweep(app: App) -> int:
    """Delete what is older than `webhooks.keep_days`, some at once; says how many."""
    with app.work(reading=True) as work:
        before = work.now - timedelta(days=app.config.webhooks.keep_days)
        old = select(WebhookDelivery.id).where(WebhookDelivery.created < before).limit(AT_ONCE)
        ids = work.db.scalars(old).all()
    if not ids:
        return 0
    with app.work() as work:
        done = work.db.execute(
            delete(WebhookDelivery)
            .where(WebhookDelivery.id.in_(ids), WebhookDelivery.state != "sending")
            .execution_options(synchronize_session=False)
        )
    return done.rowcount if isinstance(done, CursorResult) else 0


SWEEPING = Chore("webhook log", 3600.0, sweep)
