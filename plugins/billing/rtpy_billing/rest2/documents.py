"""Work entries as programs read and write them, in RT's manner of names."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from rtpy.changes.people import find_person
from rtpy.duration import read_minutes
from rtpy.errors import Invalid, Problem
from rtpy.models import Ticket, User
from rtpy.rest2.call import Call
from rtpy.rest2.values import Ref, stub, url
from rtpy.work import Work
from rtpy_billing.capture.allowed import find_ticket
from rtpy_billing.capture.kinds import roles_offered, work_types_offered
from rtpy_billing.capture.listing import Shown
from rtpy_billing.capture.values import MODES, Given

WRITTEN = (
    "Ticket",
    "Organization",
    "TimeWorker",
    "TimeTaken",
    "TimeWorkedDate",
    "Started",
    "Ended",
    "WorkType",
    "Role",
    "Charge",
    "ChargeReason",
    "CustomerNote",
    "InternalNote",
)
"""What a program may give; everything else in a document is refused."""


def document_of(call: Call, entry: Shown) -> dict[str, Any]:
    """One entry; minutes are numbers, moments UTC, what is not there is null."""
    return {
        "id": entry.id,
        "type": "workentry",
        "_url": url(call, "billing", "entry", entry.id),
        "Ticket": stub(call, Ref("ticket", entry.ticket_id)) if entry.ticket_id is not None else None,
        "Organization": entry.organization or None,
        "TimeWorker": stub(call, Ref("user", entry.worker_id, entry.worker_login)),
        "TimeTaken": entry.seconds // 60,
        "TimeWorkedDate": entry.worked_on.isoformat(),
        "Started": _moment(entry.started),
        "Ended": _moment(entry.ended),
        "WorkType": entry.work_type or None,
        "Charge": entry.charge_mode or None,
        "CustomerNote": entry.note_customer,
        "InternalNote": entry.note_internal,
        "State": entry.state,
        "Source": entry.source,
        "Late": entry.is_late,
        "Corrects": url(call, "billing", "entry", entry.corrects_id) if entry.corrects_id else None,
    }


def read_document(work: Work, base: Given, document: Mapping[str, Any]) -> Given:
    """`base` with what a document says. Raises Invalid with every field that is wrong."""
    reader = _Reader(work, document)
    given = base
    if "Ticket" in document:
        given = replace(given, ticket=reader.ticket())
    if "Organization" in document:
        given = replace(given, organization_id=reader.number("Organization"))
    if "TimeWorker" in document:
        given = replace(given, worked_by_id=reader.person(given.worked_by_id))
    if "TimeWorkedDate" in document:
        given = replace(given, worked_on=reader.day(given.worked_on))
    started = reader.moment("Started") if "Started" in document else given.started
    ended = reader.moment("Ended") if "Ended" in document else given.ended
    given = replace(given, started=started, ended=ended, seconds=reader.seconds(given, started, ended))
    if started is None or (ended is None and "Ended" not in document):
        given = replace(given, ended=None)
    given = replace(
        given,
        work_type_id=reader.named("WorkType", work_types_offered(work), given.work_type_id),
        role_id=reader.named("Role", roles_offered(work), given.role_id),
        charge_mode=reader.one_of("Charge", MODES, given.charge_mode),
        charge_reason=reader.text("ChargeReason", given.charge_reason),
        note_customer=reader.text("CustomerNote", given.note_customer),
        note_internal=reader.text("InternalNote", given.note_internal),
    )
    reader.done()
    return given


class _Reader:
    """Reads field by field; what is wrong is collected."""

    def __init__(self, work: Work, document: Mapping[str, Any]) -> None:
        self._work, self._document = work, document
        self.problems = [
            Problem(name, f"{name[:40]} is no field of a work entry.")
            for name in document
            if name not in WRITTEN
        ]

    def done(self) -> None:
        """Raises Invalid."""
        if self.problems:
            raise Invalid(*self.problems)

    def text(self, name: str, before: str) -> str:
        """A text."""
        value = self._document.get(name, before)
        if not isinstance(value, str | None) or len(value or "") > 4000:
            return str(self._wrong(name, "is a text of at most 4000 characters", before))
        return (value or "").replace("\0", "").strip()

    def number(self, name: str) -> int | None:
        """The number of a thing."""
        value = self._document[name]
        if value in (None, ""):
            return None
        if (
            isinstance(value, bool)
            or not str(value).isascii()
            or not str(value).isdigit()
            or len(str(value)) > 18
        ):
            self._wrong(name, "is a number")
            return None
        return int(value)

    def ticket(self) -> Ticket | None:
        """A ticket that the caller may see; one that they may not is said to be none. Raises NotFound."""
        number = self.number("Ticket")
        return find_ticket(self._work, number) if number is not None else None

    def person(self, before: int) -> int:
        """Somebody by name, address or number."""
        name = str(self._document["TimeWorker"] or "").replace("\0", "")[:200]
        db = self._work.db
        found = db.get(User, int(name)) if name.isascii() and name.isdigit() and len(name) < 19 else None
        found = found or (find_person(db, name) if name else None)
        if found is None:
            self._wrong("TimeWorker", "is nobody whom we know")
            return before
        return found.id

    def day(self, before: date) -> date:
        """A date."""
        try:
            day = date.fromisoformat(str(self._document["TimeWorkedDate"]))
        except ValueError:
            return self._wrong("TimeWorkedDate", "is a date such as 2026-03-31", before)
        if not 1990 <= day.year <= 2200:
            return self._wrong("TimeWorkedDate", "is too far away to be meant", before)
        return day

    def moment(self, name: str) -> datetime | None:
        """An instant with its offset, or null."""
        value = self._document[name]
        if value in (None, ""):
            return None
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            at = None
        if at is None or at.tzinfo is None or not 1990 <= at.year <= 2200:
            self._wrong(name, "is a moment with its offset, such as 2026-03-31T09:30:00+02:00")
            return None
        return at.astimezone(UTC).replace(microsecond=0)

    def seconds(self, given: Given, started: datetime | None, ended: datetime | None) -> int:
        """TimeTaken in minutes, or as people write durations; else from start to end where these are given."""
        if "TimeTaken" in self._document:
            value = self._document["TimeTaken"]
            try:
                if isinstance(value, bool) or not isinstance(value, int | str):
                    raise ValueError
                return read_minutes(str(value)) * 60
            except ValueError:
                self._wrong("TimeTaken", "is minutes, or a duration such as 1h20")
                return 60
        if started is not None and ended is not None and {"Started", "Ended"} & self._document.keys():
            return int((ended - started).total_seconds()) // 60 * 60
        if not given.seconds:
            self._wrong("TimeTaken", "must be given, or Started and Ended")
            return 60
        return given.seconds

    def named(self, name: str, offered: Mapping[int, str], before: int | None) -> int | None:
        """Something of the set-up by its name."""
        if name not in self._document:
            return before
        wanted = str(self._document[name] or "")
        found = next((number for number, each in offered.items() if each.lower() == wanted.lower()), None)
        if wanted and found is None:
            return self._wrong(
                name, f"is one of {', '.join(offered.values()) or 'none: nothing is set up'}", before
            )
        return found

    def one_of(self, name: str, offered: Mapping[str, str], before: str | None) -> str | None:
        """One of a few words, or null."""
        if name not in self._document:
            return before
        wanted = str(self._document[name] or "")
        if wanted not in offered:
            return self._wrong(name, f"is one of {', '.join(filter(None, offered))}", before)
        return wanted or None

    def _wrong(self, name: str, what: str, before: Any = None) -> Any:
        self.problems.append(Problem(name, f"{name} {what}."))
        return before


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else None
