"""The lifecycles that the database keeps, read as one value, and stored there for the first time."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.lifecycle.lifecycle import Lifecycle, Lifecycles
from rtpy.lifecycle.load import MAPS
from rtpy.lifecycle.writing import arrow, definition_of, read_document
from rtpy.models import LifecycleMap, StoredLifecycle

_ROWS = select(StoredLifecycle.id, StoredLifecycle.name, StoredLifecycle.definition).order_by(
    StoredLifecycle.sort_order, StoredLifecycle.id
)
_MAPS = select(LifecycleMap.old_id, LifecycleMap.new_id, LifecycleMap.statuses).order_by(
    LifecycleMap.old_id, LifecycleMap.new_id
)


def read_lifecycles(db: Session) -> Lifecycles | None:
    """All of them in their order, with their maps; None when none is stored. Two queries.

    Raises LifecycleErrors when somebody wrote nonsense past `rtpy.changes.lifecycles`.
    """
    connection = db.connection()
    rows = connection.execute(_ROWS).all()
    if not rows:
        return None
    names = {row.id: row.name for row in rows}
    document = {row.name: row.definition for row in rows}
    document[MAPS] = {
        arrow(names[row.old_id], names[row.new_id]): row.statuses for row in connection.execute(_MAPS)
    }
    return read_document(document, "table lifecycles")


def store_first(db: Session, lifecycles: Lifecycles, now: datetime) -> None:
    """Keep the lifecycles of the shipped or the site's own file in a database that has none."""
    rows = {key: _row(life, order, now) for order, (key, life) in enumerate(lifecycles.by_name.items())}
    db.add_all(rows.values())
    db.flush()  # the maps point at them
    db.add_all(
        LifecycleMap(old_id=rows[old].id, new_id=rows[new].id, statuses=dict(statuses))
        for (old, new), statuses in lifecycles.maps.items()
    )
    db.flush()


def _row(lifecycle: Lifecycle, order: int, now: datetime) -> StoredLifecycle:
    return StoredLifecycle(
        name=lifecycle.name,
        type=lifecycle.type,
        definition=definition_of(lifecycle),
        disabled=lifecycle.is_disabled,
        sort_order=order,
        created=now,
    )
