"""/REST/2.0/billing/entries and /REST/2.0/billing/entry/{id}: work entries for programs."""

from datetime import timedelta
from typing import Any

from rtpy.changes.people import find_person
from rtpy.errors import NotFound
from rtpy.models import User
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Created, Resource
from rtpy.rest2.route import Route
from rtpy_billing.capture.allowed import find_entry, may_log, may_see
from rtpy_billing.capture.entries import change_entry, delete_entry, given_of, log_work
from rtpy_billing.capture.listing import Wanted, count_entries, list_entries, shown_entry
from rtpy_billing.capture.local_time import zone_named
from rtpy_billing.capture.values import Given
from rtpy_billing.models import WorkEntry
from rtpy_billing.rest2.documents import WRITTEN, document_of, read_document
from rtpy_billing.typed import Typed

PER_PAGE, MOST_PER_PAGE = 20, 100
STATES = ("draft", "submitted", "checked", "approved", "invoiced", "open", "asked")


class Entries(Resource):
    """GET: entries by `worker` (a name, `*` for all), `from`, `to`, `state`, `ticket`, by pages. POST: log one."""

    methods = ("GET", "POST")

    @classmethod
    def fields_written(cls) -> frozenset[str]:
        """The fields of an entry."""
        return frozenset(WRITTEN)

    def is_forbidden(self) -> bool:
        """Staff alone; to log needs the right to log."""
        if not self.call.login.is_privileged:
            return True
        return self.call.method == "POST" and not may_log(self.work, self.work.actor.user_id)

    def get(self) -> Any:
        """In the frame of RT's collections."""
        wanted = self._wanted()
        per_page, page = self._number("per_page", PER_PAGE, MOST_PER_PAGE), self._number("page", 1, 100_000)
        total, seconds = count_entries(self.work, wanted)
        found = list_entries(self.work, wanted, limit=per_page, offset=(page - 1) * per_page)
        return {
            "items": [document_of(self.call, each) for each in found],
            "count": len(found),
            "page": page,
            "pages": -(-total // per_page),
            "per_page": per_page,
            "total": total,
            "TimeTaken": seconds // 60,
        }

    def post(self) -> Any:
        """Log one; it is a draft."""
        work = self.work
        worker = work.db.get_one(User, work.actor.user_id)
        zone = worker.timezone or "UTC"
        base = Given(
            worked_by_id=worker.id,
            worked_on=work.now.astimezone(zone_named(zone)).date(),
            seconds=0,
            zone=zone,
            source="api",
        )
        entry = log_work(work, read_document(work, base, self.call.document(dict))).entry
        return Created(f"billing/entry/{entry.id}", document_of(self.call, shown_entry(work, entry)))

    def _wanted(self) -> Wanted:
        call, work = self.call, self.work
        names = ("from", "to", "ticket")
        typed = Typed({name: call.param(name) for name in names})
        last = typed.day("to")
        wanted = Wanted(
            worker_id=self._worker(call.param("worker")),
            first=typed.day("from"),
            end=last + timedelta(days=1) if last else None,
            state=call.param("state"),
            ticket_id=typed.number("ticket", 1, 10**12),
        )
        typed.check()
        if wanted.state and wanted.state not in STATES:
            raise Problem(400, f"state is one of {', '.join(STATES)}")
        if wanted.worker_id is not None and not may_see(work, wanted.worker_id):
            raise Problem(403)
        return wanted

    def _worker(self, name: str) -> int | None:
        work = self.work
        if name == "*":
            return None
        if not name:
            return int(work.actor.user_id)
        found = find_person(work.db, name)
        if found is None:
            raise Problem(400, f"There is nobody named {name[:80]}")
        return found.id

    def _number(self, name: str, usual: int, most: int) -> int:
        text = self.call.param(name)
        return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 9 else usual


class Entry(Resource):
    """GET, PUT (fields that are given change) and DELETE of a draft. Its ETag is its version."""

    methods = ("GET", "PUT", "DELETE")
    has_conditions = True

    @classmethod
    def fields_written(cls) -> frozenset[str]:
        """The fields of an entry."""
        return frozenset(WRITTEN)

    def is_forbidden(self) -> bool:
        """Staff alone; whose it is, is asked when it is looked for."""
        return not self.call.login.is_privileged

    def exists(self) -> bool:
        """Is there one that the caller may see?"""
        return self._entry() is not None

    def etag(self) -> str | None:
        """Its version."""
        entry = self._entry()
        return f"{entry.id}-{entry.version}" if entry else None

    def get(self) -> Any:
        """One entry."""
        return document_of(self.call, shown_entry(self.work, self._needed()))

    def put(self) -> Any:
        """Change a draft."""
        entry, work = self._needed(), self.work
        given = read_document(work, given_of(work, entry), self.call.document(dict))
        change_entry(work, entry, given, entry.version)
        return document_of(self.call, shown_entry(work, entry))

    def delete(self) -> None:
        """Delete a draft."""
        entry = self._needed()
        delete_entry(self.work, entry, entry.version)

    def _needed(self) -> WorkEntry:
        entry = self._entry()
        if entry is None:
            raise Problem(404)
        return entry

    def _entry(self) -> WorkEntry | None:
        try:
            return find_entry(self.work, self.call.number("id"))
        except NotFound:
            return None


ROUTES = (
    Route("billing/entries", Entries, "Work entries: find them, log one"),
    Route("billing/entry/{id}", Entry, "One work entry: read, change or delete it"),
)
