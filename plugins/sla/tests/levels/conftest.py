"""A queue that uses the level Gold, on a calendar of Monday to Friday from 9 to 17."""

import pytest
from sqlalchemy import select

from rtpy.models import Queue
from rtpy_sla.levels.saving import LevelValues, save_level, set_queue_level


@pytest.fixture
def gold(work, make):
    """Response in 2 business hours, in the loop after 8, resolved after 40; stalled is ignored."""
    days = {f"day_{number}": "9:00-17:00" for number in range(5)}
    calendar = make.calendar("Office", "UTC", **days)
    terms = {
        "response": {"business": 120, "ignore": ["stalled"]},
        "keep_in_loop": {"business": 480, "ignore": ["stalled"]},
        "resolve": {"business": 2400, "ignore": ["stalled"]},
    }
    level = save_level(work, None, LevelValues("Gold", terms=terms, calendar_id=calendar.id))
    make.queue("General")
    set_queue_level(work, work.db.scalars(select(Queue).where(Queue.name == "General")).one(), "Gold")
    return level
