"""The planner knows the tables of a SQLite file, also after they have grown; PostgreSQL looks after itself."""

import pytest
from sqlalchemy import text

from rtpy.app import App
from rtpy.jobs import statistics
from rtpy.jobs.statistics import keep_statistics


def _knows_tickets(app: App) -> bool:
    with app.work(reading=True) as work:
        tables = work.db.scalars(text("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")).all()
        query = text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'users'")
        return bool(tables) and bool(work.db.scalar(query))


def test_a_worker_looks_once_and_again_when_the_file_has_grown(
    committed_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    if committed_app.engine.dialect.name != "sqlite":
        with committed_app.work(reading=True) as work:
            assert statistics.count_pages(work.db) == 0
        return
    assert keep_statistics(committed_app) == 0
    assert _knows_tickets(committed_app)
    pages = committed_app.caches["jobs.pages_at_statistics"]

    looked: list[int] = []
    monkeypatch.setattr(statistics, "refresh_statistics", lambda _db: looked.append(1))
    keep_statistics(committed_app)
    assert not looked
    monkeypatch.setattr(statistics, "count_pages", lambda _db: pages * 2)
    keep_statistics(committed_app)
    assert looked
