"""The chore that keeps the planner's knowledge of a SQLite file true while the file grows."""

from rtpy.app import App
from rtpy.db.statistics import count_pages, refresh_statistics
from rtpy.jobs.worker import Chore

GROWTH = 1.2
"""So much larger than at the last look the file is looked at again."""


def keep_statistics(app: App) -> int:
    """Refresh them when this worker never did, and whenever the file has grown by a fifth; returns 0, it is no work."""
    with app.work(reading=True) as work:
        pages = count_pages(work.db)
    if pages > app.caches.get("jobs.pages_at_statistics", 0) * GROWTH:
        with app.work() as work:
            refresh_statistics(work.db)
        app.caches["jobs.pages_at_statistics"] = pages
    return 0


STATISTICS = Chore("statistics", 60.0, keep_statistics)
