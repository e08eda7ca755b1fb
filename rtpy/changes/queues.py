"""Queues: made by who holds AdminQueue on the system, changed by who holds it on the queue."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import func, or_, select

from rtpy.changes.allowed import need_in_queue, need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.grants import GrantChange, change_grants, may_change_grants
from rtpy.changes.lifecycle_uses import replace_statuses
from rtpy.content.moments import read_moment
from rtpy.content.priorities import read_labels, read_priority, write_labels
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.lifecycle.lifecycle import TICKET
from rtpy.models import Group, Queue, Ticket, User
from rtpy.models.group import EVERYONE, PRIVILEGED
from rtpy.rights.holders import Holder, Place
from rtpy.rights.names import QUEUE, Right
from rtpy.work import Work

EVERYONE_MAY = (Right.CREATE_TICKET, Right.REPLY_TO_TICKET)
"""What everybody may do in a queue that is open to all."""
STAFF_MAY = (
    Right.SEE_QUEUE,
    Right.CREATE_TICKET,
    Right.SHOW_TICKET,
    Right.SHOW_TICKET_COMMENTS,
    Right.SHOW_OUTGOING_EMAIL,
    Right.REPLY_TO_TICKET,
    Right.COMMENT_ON_TICKET,
    Right.MODIFY_TICKET,
    Right.DELETE_TICKET,
    Right.OWN_TICKET,
    Right.TAKE_TICKET,
    Right.STEAL_TICKET,
    Right.REASSIGN_TICKET,
    Right.WATCH,
    Right.WATCH_AS_ADMIN_CC,
)
"""What staff may do in a queue from the start."""

OPEN_TO = {
    "everyone": "Everybody may write to it, staff see and work it",
    "staff": "Only staff see it, write to it and work it",
    "nobody": "Nobody yet: I grant the rights myself",
}
REPLY_POLICIES = {
    "participants": "Only people who take part in the ticket; mail of others becomes a ticket of its own",
    "organization": "People who take part, and everybody of the same organisation",
    "anyone": "Anybody: what a stranger writes becomes a note for staff, marked as such",
    "review": "Only people who take part; mail of others waits until somebody of the staff decides",
}
CC_POLICIES = {
    "none": "No: only the sender hears of the ticket",
    "known": "Yes, those of them who are known here",
    "all": "Yes, all of them, with a new contact for each",
}
NAME_LENGTH, TAG_LENGTH = 200, 120
MOST_ORDER = 1_000_000
SIGNATURE_LENGTH = 2_000
_ADDRESS = re.compile(r"[^\s@<>,;\"()]+@[^\s@<>,;\"()]+\.[^\s@<>,;\"()]+")


@dataclass(frozen=True, slots=True)
class QueueValues:
    """Everything about a queue, as typed: a face fills it, the check reads it. Priorities may be words."""

    name: str
    description: str = ""
    correspond_address: str = ""
    comment_address: str = ""
    subject_tag: str = ""
    lifecycle: str = "default"
    sort_order: str = "0"
    initial_priority: str = "0"
    final_priority: str = "0"
    priority_labels: str = ""
    due_default: str = ""
    starts_default: str = ""
    reply_policy: str = "participants"
    cc_policy: str = "none"
    signature: str = ""
    thanks_reopen: bool = False
    held: bool = False
    disabled: bool = False


def create_queue(work: Work, values: QueueValues, open_to: str = "nobody") -> Queue:
    """A new queue that works at once; `open_to` says who gets the rights of a fresh installation on it.

    Needs AdminQueue on the whole system; raises Invalid with a problem for each field.
    """
    need_system(work, Right.ADMIN_QUEUE)
    columns = _checked(work, values, None)
    queue = Queue(created=work.now, **columns)
    work.db.add(queue)
    work.db.flush()  # the log and the grants name its id
    note_configuration(work, "queue", queue.id, queue.name, None, columns)
    place = Place(QUEUE, queue.id)
    if open_to in ("everyone", "staff") and may_change_grants(work, place):
        groups = {row.name: row.id for row in work.db.execute(_SYSTEM_GROUPS)}
        wanted = [GrantChange(Holder(groups[PRIVILEGED]), right) for right in STAFF_MAY]
        if open_to == "everyone":
            wanted += [GrantChange(Holder(groups[EVERYONE]), right) for right in EVERYONE_MAY]
        change_grants(work, place, wanted)
    return queue


def change_queue(
    work: Work, queue: Queue, values: QueueValues, *, becomes: Mapping[str, str] | None = None
) -> None:
    """Give a queue other values.

    With another lifecycle each status that its tickets have must be mapped: by `becomes` (lower case), or by the map
    between the two lifecycles; the system moves the tickets. Needs AdminQueue on the queue; raises Invalid with a
    problem for each field, `becomes.STATUS` for a status that nothing maps.
    """
    need_in_queue(work, queue, Right.ADMIN_QUEUE)
    columns = _checked(work, values, queue)
    moves = status_changes(work, queue, str(columns["lifecycle"]), becomes or {})
    homeless = [status for status, new in moves.items() if new is None]
    if homeless:
        raise Invalid(
            *(
                Problem(f"becomes.{status}", f"Tickets have the status “{status}”: choose what it becomes.")
                for status in homeless
            )
        )
    before = values_of(queue)
    old_life = work.app.lifecycles.get(queue.lifecycle)
    for name, value in columns.items():
        setattr(queue, name, value)
    work.db.flush()
    for status, new in moves.items():
        if new is not None and new != status:
            replace_statuses(work, [queue.id], status, new, old_life)
    note_configuration(work, "queue", queue.id, queue.name, before, values_of(queue))


def status_changes(
    work: Work, queue: Queue, lifecycle: str, becomes: Mapping[str, str]
) -> dict[str, str | None]:
    """What each status that tickets of the queue have becomes with another lifecycle; None where nothing says it.

    One query; none when the lifecycle stays.
    """
    lifecycles = work.app.lifecycles
    if lifecycle.lower() == queue.lifecycle.lower() or lifecycle not in lifecycles:
        return {}
    new = lifecycles.get(lifecycle)
    found: dict[str, str | None] = {}
    for status in work.db.scalars(select(Ticket.status).where(Ticket.queue_id == queue.id).distinct()):
        mapped = becomes.get(status, "") or lifecycles.map_status(queue.lifecycle, lifecycle, status) or ""
        found[status] = mapped.lower() if new.is_valid(mapped) else None
    return dict(sorted(found.items()))


def values_of(queue: Queue) -> dict[str, object]:
    """Everything about a queue as plain values, as the log and exports keep it."""
    return {name: getattr(queue, name) for name in QueueValues.__dataclass_fields__}


def typed_values(queue: Queue) -> QueueValues:
    """The present values as a form shows them."""
    found = values_of(queue)
    return QueueValues(
        **{name: value if isinstance(value, bool) else str(value) for name, value in found.items()}  # type: ignore[arg-type]
    )


_SYSTEM_GROUPS = select(Group.id, Group.name).where(Group.domain == "SystemInternal")


def _checked(work: Work, values: QueueValues, queue: Queue | None) -> dict[str, object]:
    """The columns for these values. Raises Invalid with everything that is wrong."""
    check = _Check(work, queue)
    found: dict[str, object] = {
        **asdict(values),
        "name": check.name(values.name),
        "description": values.description.replace("\x00", "").strip(),
        "subject_tag": check.tag(values.subject_tag),
        "signature": check.signature(values.signature),
        "lifecycle": check.lifecycle(values.lifecycle),
        "sort_order": check.order(values.sort_order),
        "reply_policy": check.one_of("reply_policy", values.reply_policy, REPLY_POLICIES),
        "cc_policy": check.one_of("cc_policy", values.cc_policy, CC_POLICIES),
        **check.priorities(values),
        **check.addresses(values),
    }
    for name in ("due_default", "starts_default"):
        found[name] = check.moment(name, getattr(values, name))
    if check.problems:
        raise Invalid(*check.problems)
    return found


class _Check:
    """Reads values one by one and keeps what is wrong."""

    def __init__(self, work: Work, queue: Queue | None) -> None:
        self.work = work
        self.own_id = queue.id if queue else 0
        self.queue = queue
        self.problems: list[Problem] = []

    def wrong(self, field: str, sentence: str) -> None:
        self.problems.append(Problem(field, sentence))

    def name(self, given: str) -> str:
        name = " ".join(given.replace("\x00", "").split())
        if not name or len(name) > NAME_LENGTH:
            self.wrong("name", f"Give the queue a name of 1 to {NAME_LENGTH} characters.")
        elif self.work.db.scalar(
            select(Queue.id).where(func.lower(Queue.name) == name.lower(), Queue.id != self.own_id)
        ):
            self.wrong("name", f"There is a queue {name} already (perhaps disabled).")
        return name

    def tag(self, given: str) -> str:
        tag = " ".join(given.replace("\x00", "").split())
        if len(tag) > TAG_LENGTH or set("[]#") & set(tag):
            self.wrong("subject_tag", f"A tag has at most {TAG_LENGTH} characters, and none of [ ] #.")
        return tag

    def signature(self, given: str) -> str:
        text = "\n".join(line.rstrip() for line in given.replace("\x00", "").splitlines()).strip("\n")
        if len(text) > SIGNATURE_LENGTH:
            self.wrong("signature", f"A signature has at most {SIGNATURE_LENGTH} characters.")
        return text

    def lifecycle(self, given: str) -> str:
        try:
            found = self.work.app.lifecycles.get(given)
        except NotFound as missing:
            self.wrong("lifecycle", str(missing))
            return given
        is_new = self.queue is None or self.queue.lifecycle.lower() != found.name.lower()
        if found.type != TICKET:
            self.wrong("lifecycle", f"{found.name} is a lifecycle of {found.type}s: choose one of tickets.")
        elif found.is_disabled and is_new:
            self.wrong("lifecycle", f"{found.name} is disabled: choose another lifecycle.")
        return found.name

    def order(self, given: str) -> int:
        text = given.strip() or "0"
        if not text.isascii() or not text.isdigit() or len(text) > 7 or int(text) > MOST_ORDER:
            self.wrong("sort_order", f"The place in lists is a whole number from 0 to {MOST_ORDER}.")
            return 0
        return int(text)

    def one_of(self, field: str, given: str, known: Mapping[str, str]) -> str:
        if given not in known:
            self.wrong(field, f"Choose one of: {', '.join(known)}.")
        return given

    def priorities(self, values: QueueValues) -> dict[str, object]:
        try:
            labels = read_labels(values.priority_labels)
        except Invalid as invalid:
            self.problems += invalid.problems
            labels = ()
        found: dict[str, object] = {"priority_labels": write_labels(labels)}
        for field in ("initial_priority", "final_priority"):
            text = str(getattr(values, field)).strip()
            number = (labels[0][0] if labels else 0) if not text else read_priority(text, labels)
            if number is None:
                words = ", ".join(label for _, label in labels)
                self.wrong(
                    field, f"“{text[:40]}” is no priority: write a number{' or ' if words else ''}{words}."
                )
            found[field] = number
        return found

    def moment(self, field: str, words: str) -> str:
        words = " ".join(words.replace("\x00", "").split())[:255]
        try:
            read_moment(words, self.work.now)
        except Invalid as invalid:
            self.wrong(field, str(invalid))
        return words

    def addresses(self, values: QueueValues) -> dict[str, object]:
        found: dict[str, object] = {}
        for field in ("correspond_address", "comment_address"):
            address = getattr(values, field).replace("\x00", "").strip()
            found[field] = address
            if address:
                self.address(field, address)
        both = [str(value).lower() for value in found.values() if value]
        if len(both) == 2 and both[0] == both[1]:
            self.wrong(
                "comment_address",
                "This is the address for replies: comments need another, or customers see them.",
            )
        return found

    def address(self, field: str, address: str) -> None:
        db, folded = self.work.db, address.lower()
        if len(address) > 255 or not _ADDRESS.fullmatch(address):
            self.wrong(field, f"“{address[:80]}” is not a mail address: write support@example.com.")
            return
        other = db.scalar(
            select(Queue.name).where(
                Queue.id != self.own_id,
                or_(
                    func.lower(Queue.correspond_address) == folded,
                    func.lower(Queue.comment_address) == folded,
                ),
            )
        )
        if other is not None:
            self.wrong(field, f"{address} belongs to the queue {other}: mail could go to one of them only.")
        person = db.scalar(select(User.name).where(func.lower(User.email_address) == folded))
        if person is not None:
            self.wrong(field, f"{address} is the address of the person {person}: take it away there first.")
