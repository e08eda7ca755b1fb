"""What the sample consultancy has made in the database, kept in the configuration row `demo` for its removal."""

from dataclasses import asdict, dataclass, field

from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Configuration

ROW = "demo"


@dataclass(slots=True)
class Made:
    """Ids of everything that is the demo's own; `is_complete` when the loading came to its end."""

    seed: int
    is_complete: bool = False
    queues: list[int] = field(default_factory=list)
    organizations: list[int] = field(default_factory=list)
    users: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    tickets: list[int] = field(default_factory=list)
    mails: list[int] = field(default_factory=list)
    aces: list[int] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)
    topics: list[int] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)
    catalogs: list[int] = field(default_factory=list)
    fields: list[int] = field(default_factory=list)
    assets: list[int] = field(default_factory=list)
    logged: list[int] = field(default_factory=list)
    """Of the log of changes."""
    plugins: list[str] = field(default_factory=list)
    """Those that have loaded sample data of their own."""


def read_made(db: Session) -> Made | None:
    """What a loading has made so far; None when there was none."""
    row = db.get(Configuration, ROW)
    return Made(**row.value) if row is not None and isinstance(row.value, dict) else None


def write_made(app: App, db: Session, made: Made) -> None:
    """Keep the record as it is now."""
    row = db.get(Configuration, ROW)
    if row is None:
        db.add(Configuration(name=ROW, value=asdict(made), updated=app.clock.now()))
    else:
        row.value, row.updated = asdict(made), app.clock.now()
