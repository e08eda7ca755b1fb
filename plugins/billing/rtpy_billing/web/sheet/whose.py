"""Whose week or day a page shows, and which."""

from datetime import date

from pyramid.request import Request

from rtpy.changes.people import find_person
from rtpy.errors import NotFound
from rtpy.models import User
from rtpy_billing.capture.allowed import may_see
from rtpy_billing.capture.local_time import zone_named
from rtpy_billing.typed import Typed


def worker_of(request: Request) -> User:
    """The person that `?worker=` names, oneself without it. Raises NotFound for one whose time may not be seen."""
    work = request.work
    name = request.params.get("worker", "").replace("\0", "").strip()[:200]
    found: User | None = find_person(work.db, name) if name else work.db.get(User, work.actor.user_id)
    if found is None or not may_see(work, found.id):
        raise NotFound(f"There is nobody named “{name}”, or you may not see their time.")
    return found


def day_of(request: Request, worker: User, name: str) -> date:
    """The day in the address; today, where the person works, for none."""
    found = Typed({name: request.params.get(name, "")}).day(name)
    today: date = request.work.now.astimezone(zone_named(worker.timezone)).date()
    return found or today


def query_of(request: Request, worker: User, **further: str) -> dict[str, str]:
    """The parameters that keep the person."""
    own = worker.id == request.work.actor.user_id
    return {**further, **({} if own else {"worker": worker.name})}
