"""Settings that say how histories are counted keep their past: a change holds from its moment on."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.remembered import watch
from rtpy.work import Work
from rtpy_sla.models import PastSettings

KEPT = ("sla.balls", "sla.void", "sla.machines", "sla.staff_created")
watch(PastSettings)


def keep_past(work: Work, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    """Somebody saved settings: remember those that count and are others now."""
    if any(before.get(name) != after.get(name) for name in KEPT):
        values = {name: before.get(name) for name in KEPT}
        work.db.add(PastSettings(until=work.now, values=values))
        work.db.flush()


def past_settings(db: Session) -> list[tuple[datetime, Mapping[str, object]]]:
    """Until when which values held, the oldest first. One query."""
    rows = db.execute(
        select(PastSettings.until, PastSettings.values).order_by(PastSettings.until, PastSettings.id)
    )
    return [(row.until, row.values) for row in rows]
