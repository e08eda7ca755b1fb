"""Queries and what they are to find: each a text, and the same said of a plain record."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from tests.domain.search.tickets.shop import (
    ACTIVE,
    ADDRESSES,
    BERLIN,
    CITIES,
    LABELS,
    LIFECYCLE,
    LOGINS,
    NOW,
    REAL_NAMES,
    Record,
)

Fits = Callable[[Record], object]
Case = tuple[str, Fits]

COMPARE = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
LIKES = {
    "=": lambda text, part: text == part,
    "!=": lambda text, part: text != part,
    "LIKE": lambda text, part: part in text,
    "NOT LIKE": lambda text, part: part not in text,
    "STARTSWITH": lambda text, part: text.startswith(part),
    "NOT STARTSWITH": lambda text, part: not text.startswith(part),
    "ENDSWITH": lambda text, part: text.endswith(part),
    "NOT ENDSWITH": lambda text, part: not text.endswith(part),
}


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment as clocks in Berlin show it."""
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


TODAY = local(2026, 3, 4)
DAY = timedelta(days=1)


def day_of(at: datetime | None) -> str:
    """The day of a moment in Berlin; empty without one."""
    return at.astimezone(BERLIN).strftime("%Y-%m-%d") if at else ""


# --- texts and numbers ---


def texts() -> Iterator[Case]:
    """Every operator on every text."""
    fields = {
        "Subject": (
            lambda t: t.subject,
            ("printer", "ÖL IM SERVER", "klemmt", "100%", "_", "%", "'quote'", "\\"),
        ),
        "Description": (lambda t: t.description, ("ÄRGER", "burns")),
        "SLA": (lambda t: t.sla, ("gold", "Silver")),
    }
    for name, (read, values) in fields.items():
        for value in values:
            written = value.replace("\\", "\\\\").replace("'", "\\'")
            for operator, fits in LIKES.items():
                yield (
                    f"{name} {operator} '{written}'",
                    lambda t, read=read, fits=fits, value=value: fits(read(t).lower(), value.lower()),
                )
        yield f"{name} IS NULL", lambda t, read=read: not read(t)
        yield f"{name} IS NOT NULL", lambda t, read=read: read(t)
    yield "SLA = NULL", lambda t: not t.sla
    yield "SLA != NULL", lambda t: t.sla
    yield "SLA IN ('gold', 'silver')", lambda t: t.sla in ("Gold", "Silver")
    yield "SLA NOT IN ('gold', 'silver')", lambda t: t.sla not in ("Gold", "Silver")
    yield "SLA = 'GOLD' OR SLA = 'silver'", lambda t: t.sla in ("Gold", "Silver")
    yield "subject = 'PRINTER'", lambda t: t.subject == "printer"
    yield "Subject = ''", lambda t: not t.subject
    yield "Subject LIKE ''", lambda t: True
    yield "Subject LIKE '%printer%'", lambda t: "printer" in t.subject.lower()
    yield "Subject NOT LIKE '%printer'", lambda t: "printer" not in t.subject.lower()
    yield "Subject IN ('printer', 'drücker KLEMMT')", lambda t: t.subject in ("printer", "Drücker klemmt")


def numbers() -> Iterator[Case]:
    """Every comparison on every number."""
    fields = {
        "Priority": (lambda t: t.priority, (50, -5)),
        "InitialPriority": (lambda t: t.initial, (50,)),
        "FinalPriority": (lambda t: t.final, (75,)),
        "TimeWorked": (lambda t: t.worked, (60,)),
        "TimeLeft": (lambda t: t.left, (30,)),
        "TimeEstimated": (lambda t: t.estimated, (0,)),
    }
    for name, (read, values) in fields.items():
        for value in values:
            for operator, fits in COMPARE.items():
                yield (
                    f"{name} {operator} {value}",
                    lambda t, read=read, fits=fits, value=value: fits(read(t), value),
                )
    yield "TimeWorked > '15'", lambda t: t.worked > 15
    yield "TimeWorked LIKE '60'", lambda t: "60" in str(t.worked)
    yield "TimeWorked NOT LIKE '60'", lambda t: "60" not in str(t.worked)
    yield "TimeWorked STARTSWITH '6'", lambda t: str(t.worked).startswith("6")
    yield "TimeWorked IN (15, '60')", lambda t: t.worked in (15, 60)
    yield "TimeWorked NOT IN (15, 60)", lambda t: t.worked not in (15, 60)
    yield (
        "TimeWorked = 15 OR TimeWorked = 60 OR TimeLeft = 30",
        lambda t: t.worked in (15, 60) or t.left == 30,
    )
    yield "TimeWorked < 9223372036854775807", lambda t: True
    yield "TimeWorked < '99999999999999999999'", lambda t: True
    yield "TimeWorked > '-99999999999999999999'", lambda t: True
    yield "id = '99999999999999999999'", lambda t: False


def labels() -> Iterator[Case]:
    """Words for priorities, which mean other numbers in other queues."""

    def shown(t: Record, priority: int) -> str:
        known = LABELS[t.queue]
        found = [label for least, label in known if least <= priority]
        return (found[-1] if found else known[0][1] if known else "").lower()

    def rank(t: Record, word: str) -> int | None:
        names = [label.lower() for _, label in LABELS[t.queue]]
        return names.index(word) if word in names else None

    for word in ("low", "medium", "high", "urgent", "burning"):
        yield f"Priority = '{word.title()}'", lambda t, word=word: shown(t, t.priority) == word
        yield f"Priority != '{word}'", lambda t, word=word: shown(t, t.priority) != word
    for operator, fits in COMPARE.items():
        if operator in ("=", "!="):
            continue
        yield (
            f"Priority {operator} 'High'",
            lambda t, fits=fits: (
                rank(t, "high") is not None and fits(rank(t, shown(t, t.priority)), rank(t, "high"))
            ),
        )
    yield "Priority IN ('Low', 'Urgent')", lambda t: shown(t, t.priority) in ("low", "urgent")
    yield "Priority IN ('Medium', 100)", lambda t: shown(t, t.priority) == "medium" or t.priority == 100
    yield "Priority NOT IN ('Medium', 100)", lambda t: shown(t, t.priority) != "medium" and t.priority != 100
    yield "FinalPriority = 'High'", lambda t: shown(t, t.final) == "high"


# --- statuses, queues ---


def is_active(t: Record) -> bool:
    """Is it not closed, by its own lifecycle?"""
    return t.status in ACTIVE[LIFECYCLE[t.queue]]


def statuses() -> Iterator[Case]:
    """Statuses and their sets."""
    for operator, fits in LIKES.items():
        yield f"Status {operator} 'OPEN'", lambda t, fits=fits: fits(t.status, "open")
        yield f"Status {operator} 'st'", lambda t, fits=fits: fits(t.status, "st")
    yield "Status = '__Active__'", is_active
    yield "Status != '__Active__'", lambda t: not is_active(t)
    yield "Status = '__Inactive__'", lambda t: not is_active(t)
    yield "Status != '__Inactive__'", is_active
    yield "Status = __Active__", is_active
    yield "Status = '__Active__' AND Queue = 'Sales'", lambda t: is_active(t) and t.queue == "Sales"
    yield "Status = '__Active__' OR Status = 'stalled'", lambda t: is_active(t) or t.status == "stalled"
    yield "Status IN ('__Active__', 'won')", lambda t: is_active(t) or t.status == "won"
    yield "Status NOT IN ('__Active__', 'won')", lambda t: not (is_active(t) or t.status == "won")
    yield "Status IN ('__active__', '__inactive__')", lambda t: True
    yield "Status = 'open' OR Status = 'new'", lambda t: t.status in ("open", "new")
    yield "Status = 'no such'", lambda t: False
    yield "Status != 'no such'", lambda t: True
    yield "Status = 'deleted'", lambda t: False
    yield "Status IS NULL", lambda t: False
    yield "Status IS NOT NULL", lambda t: True


def queues() -> Iterator[Case]:
    """Queues by name and number, lifecycles."""
    for operator, fits in LIKES.items():
        yield f"Queue {operator} 'general'", lambda t, fits=fits: fits(t.queue.lower(), "general")
        yield f"Queue {operator} 'NE'", lambda t, fits=fits: fits(t.queue.lower(), "ne")
        yield f"Lifecycle {operator} 'Sales'", lambda t, fits=fits: fits(LIFECYCLE[t.queue], "sales")
    yield "Queue IN ('General', 'Sales')", lambda t: t.queue in ("General", "Sales")
    yield "Queue NOT IN ('General', 'Sales')", lambda t: t.queue not in ("General", "Sales")
    yield "Queue = 'General' OR Queue = 'Sales'", lambda t: t.queue in ("General", "Sales")
    yield "Queue = 'No such'", lambda t: False
    yield "Queue != 'No such'", lambda t: True
    yield "Queue = 99999", lambda t: False
    yield "Lifecycle LIKE 'a'", lambda t: True
    yield "Lifecycle IN ('sales', 'nothing')", lambda t: t.queue == "Sales"


# --- people ---


def owners() -> Iterator[Case]:
    """The owner, creator and last updater: by name, number of somebody, and what else is known of them."""
    yield "Owner = 'jo'", lambda t: t.owner == "jo"
    yield "Owner = 'JO'", lambda t: t.owner == "jo"
    yield "Owner != 'jo'", lambda t: t.owner != "jo"
    yield "Owner = 'jo@staff.example'", lambda t: t.owner == "jo"
    yield "Owner = 'Nobody'", lambda t: t.owner == "Nobody"
    yield "Owner != 'nobody'", lambda t: t.owner != "Nobody"
    yield "Owner IS NULL", lambda t: t.owner == "Nobody"
    yield "Owner IS NOT NULL", lambda t: t.owner != "Nobody"
    yield "Owner = 'no such'", lambda t: False
    yield "Owner != 'no such'", lambda t: True
    yield "Owner LIKE 'o'", lambda t: "o" in t.owner.lower()
    yield "Owner NOT LIKE 'o'", lambda t: "o" not in t.owner.lower()
    yield "Owner STARTSWITH 'k'", lambda t: t.owner == "kim"
    yield "Owner ENDSWITH 'x'", lambda t: t.owner == "max"
    yield "Owner NOT ENDSWITH 'x'", lambda t: t.owner != "max"
    yield "Owner IN ('jo', 'kim', 'Nobody')", lambda t: t.owner in ("jo", "kim", "Nobody")
    yield "Owner NOT IN ('jo', 'kim', 'Nobody')", lambda t: t.owner not in ("jo", "kim", "Nobody")
    yield "Owner = 'jo' OR Owner = 'kim'", lambda t: t.owner in ("jo", "kim")
    yield "Owner = '__CurrentUser__'", lambda t: t.owner == "root"
    yield "Owner = __CurrentUser__", lambda t: t.owner == "root"
    yield "Owner = CurrentUser", lambda t: t.owner == "root"
    yield "Owner = 'CurrentUser'", lambda t: t.owner == "root"
    yield "Owner != '__CurrentUser__'", lambda t: t.owner != "root"
    yield "Owner.id = '__CurrentUser__'", lambda t: t.owner == "root"
    yield "Owner = '__CurrentUserName__'", lambda t: t.owner == "root"
    yield "Owner.Name = '__SelectedUserName__'", lambda t: t.owner == "root"
    yield "Owner = '__SelectedUser__'", lambda t: t.owner == "root"
    yield "Owner.EmailAddress = 'JO@staff.example'", lambda t: t.owner == "jo"
    yield "Owner.EmailAddress LIKE '@staff.'", lambda t: t.owner in ("jo", "kim", "max")
    yield "Owner.EmailAddress NOT LIKE '@staff.'", lambda t: t.owner not in ("jo", "kim", "max")
    yield "Owner.EmailAddress IS NULL", lambda t: t.owner == "Nobody"
    yield "Owner.EmailAddress IS NOT NULL", lambda t: t.owner != "Nobody"
    yield "Owner.RealName LIKE '100%'", lambda t: t.owner == "kim"
    yield "Owner.RealName LIKE '_'", lambda t: t.owner == "max"
    yield "Owner.City = 'BERLIN'", lambda t: CITIES.get(t.owner, "").lower() == "berlin"
    yield "Owner.City != 'Berlin'", lambda t: CITIES.get(t.owner, "").lower() != "berlin"
    yield "Owner.City IS NULL", lambda t: not CITIES.get(t.owner)
    for field, read in (("Creator", lambda t: t.creator), ("LastUpdatedBy", lambda t: t.updated_by)):
        yield f"{field} = 'jo'", lambda t, read=read: read(t) == "jo"
        yield f"{field} != 'jo'", lambda t, read=read: read(t) != "jo"
        yield f"{field} = 'ann@client.example'", lambda t, read=read: read(t) == "ann"
        yield f"{field} = 'ann@home.example'", lambda t, read=read: read(t) == "ann"
        yield f"{field} IN ('jo', 'ann@client.example')", lambda t, read=read: read(t) in ("jo", "ann")
        yield f"{field} = '__CurrentUser__'", lambda t, read=read: read(t) == "root"
        yield f"{field}.City = 'berlin'", lambda t, read=read: CITIES.get(read(t), "").lower() == "berlin"
        yield f"{field} LIKE 'client'", lambda t, read=read: "client" in LOGINS[read(t)]


def has(members: set[str], table: dict[str, str], fits: Callable[[str], bool]) -> bool:
    """Does what a table says of one of them fit?"""
    return any(fits(table.get(who, "").lower()) for who in members)


def mails(members: set[str], fits: Callable[[str], bool]) -> bool:
    """Does an address of one of them fit?"""
    return any(fits(address) for who in members for address in ADDRESSES.get(who, ()))


def roles() -> Iterator[Case]:
    """Roles: by address, name of a group, number; what else is known of their people; deep and shallow."""
    written = {
        "Requestor": "Requestor",
        "Cc": "Cc",
        "AdminCc": "AdminCc",
        "CustomRole.{Account manager}": "Manager",
    }
    for name, role in written.items():
        yield f"'{name}.EmailAddress' = 'kim@staff.example'", lambda t, role=role: "kim" in t.people(role)
        yield (
            f"'{name}.EmailAddress' != 'kim@staff.example'",
            lambda t, role=role: "kim" not in t.people(role),
        )
        yield f"{name}.Name = 'cleo@other.example'", lambda t, role=role: "cleo" in t.people(role)
        yield (
            f"{name}.Name NOT LIKE 'o'",
            lambda t, role=role: not has(t.people(role), LOGINS, lambda n: "o" in n),
        )
        yield f"{name}.RealName LIKE 'äpf'", lambda t, role=role: "ann" in t.people(role)
        yield f"{name}.RealName STARTSWITH 'KIM 100%'", lambda t, role=role: "kim" in t.people(role)
        yield (
            f"{name}.RealName IS NULL",
            lambda t, role=role: not has(t.people(role), REAL_NAMES, bool),
        )
        yield f"{name}.RealName IS NOT NULL", lambda t, role=role: has(t.people(role), REAL_NAMES, bool)
        yield (
            f"{name}.City IN ('Berlin', 'Bern')",
            lambda t, role=role: has(t.people(role), CITIES, lambda city: city in ("berlin", "bern")),
        )
        yield (
            f"{name}.City NOT IN ('Berlin', 'Bern')",
            lambda t, role=role: not has(t.people(role), CITIES, lambda city: city in ("berlin", "bern")),
        )
        yield f"{name} IS NULL", lambda t, role=role: not t.play(role)
        yield f"{name} IS NOT NULL", lambda t, role=role: t.play(role)
        yield f"{name} = 'Support'", lambda t, role=role: t.play(role) & {"Support", "Ops"}
        yield f"{name} SHALLOW = 'Support'", lambda t, role=role: "Support" in t.play(role)
        yield f"{name} != 'Support'", lambda t, role=role: not t.play(role) & {"Support", "Ops"}
        yield f"{name} = 'jo@staff.example'", lambda t, role=role: "jo" in t.people(role)
        yield f"{name} SHALLOW = 'jo@staff.example'", lambda t, role=role: "jo" in t.play(role)
        yield f"{name} SHALLOW != 'jo@staff.example'", lambda t, role=role: "jo" not in t.play(role)
        yield f"{name} = CurrentUser", lambda t, role=role: False
    yield "Requestors = 'ann@client.example'", lambda t: "ann" in t.people("Requestor")
    yield "Requestor = 'ANN@home.example'", lambda t: "ann" in t.people("Requestor")
    yield "Requestor != 'ann@home.example'", lambda t: "ann" not in t.people("Requestor")
    yield "Requestor.EmailAddress LIKE '%@client.example'", lambda t: t.people("Requestor") & {"ann", "bob"}
    yield "Requestor LIKE '@client.example'", lambda t: t.people("Requestor") & {"ann", "bob"}
    yield (
        "Requestor LIKE 'client'",
        lambda t: mails(t.people("Requestor"), lambda a: "client" in a) or "Clients" in t.play("Requestor"),
    )
    yield (
        "Requestor NOT LIKE 'client'",
        lambda t: (
            not (mails(t.people("Requestor"), lambda a: "client" in a) or "Clients" in t.play("Requestor"))
        ),
    )
    yield "Requestor STARTSWITH 'ann@'", lambda t: "ann" in t.people("Requestor")
    yield "Requestor NOT STARTSWITH 'ann@'", lambda t: "ann" not in t.people("Requestor")
    yield "Requestor ENDSWITH '@other.example'", lambda t: "cleo" in t.people("Requestor")
    yield "Requestor NOT ENDSWITH '@other.example'", lambda t: "cleo" not in t.people("Requestor")
    yield (
        "Requestor IN ('ann@client.example', 'cleo@other.example')",
        lambda t: t.people("Requestor") & {"ann", "cleo"},
    )
    yield (
        "Requestor = 'ann@client.example' OR Requestor = 'cleo@other.example'",
        lambda t: t.people("Requestor") & {"ann", "cleo"},
    )
    yield (
        "Requestor NOT IN ('ann@client.example', 'cleo@other.example')",
        lambda t: not t.people("Requestor") & {"ann", "cleo"},
    )
    yield "Requestor = 'ann'", lambda t: False
    yield "AdminCc = 'cleo@other.example'", lambda t: "cleo" in t.people("AdminCc")
    yield "AdminCc = 'Former'", lambda t: "Former" in t.play("AdminCc")
    yield "CustomRole.{account MANAGER}.Name = 'max'", lambda t: "max" in t.people("Manager")
    yield "CustomRole.{Account manager} = 'max'", lambda t: "max" in t.people("Manager")
    yield "CustomRole.{Account manager} != 'max'", lambda t: "max" not in t.people("Manager")
    yield "CustomRole.{Unused role} IS NULL", lambda t: True
    yield "Watcher = 'kim@staff.example'", lambda t: "kim" in t.watchers()
    yield "Watchers != 'kim@staff.example'", lambda t: "kim" not in t.watchers()
    yield "Watcher.Name = 'max'", lambda t: "max" in t.watchers()
    yield "Watcher.Name NOT LIKE 'max'", lambda t: "max" not in t.watchers()
    yield "Watcher IS NULL", lambda t: t.watchers() == {"Nobody"}
    yield "Watcher IS NOT NULL", lambda t: t.watchers() != {"Nobody"}
    yield "QueueCc = 'kim@staff.example'", lambda t: t.queue == "General"
    yield "QueueCc != 'kim@staff.example'", lambda t: t.queue != "General"
    yield "QueueCc IS NULL", lambda t: t.queue != "General"
    yield "QueueAdminCc = 'jo@staff.example'", lambda t: t.queue == "General"
    yield "QueueAdminCc SHALLOW = 'jo@staff.example'", lambda t: False
    yield "QueueAdminCc.Name = 'max'", lambda t: t.queue == "Hidden"
    yield "QueueAdminCc IS NOT NULL", lambda t: t.queue in ("General", "Hidden")
    yield "QueueWatcher.Name IN ('max', 'kim')", lambda t: t.queue in ("General", "Hidden")
    yield "QueueWatcher NOT LIKE 'staff'", lambda t: t.queue not in ("General", "Hidden")


def groups() -> Iterator[Case]:
    """Somebody in a role is in a group."""
    support, ops = {"jo", "kim", "Support"}, {"jo", "kim", "max", "Support", "Ops"}
    for field, role in (("Requestor", "Requestor"), ("CC", "Cc"), ("AdminCC", "AdminCc")):
        yield f"{field}Group = 'support'", lambda t, role=role: t.people(role) & support
        yield f"{field}Group != 'Support'", lambda t, role=role: not t.people(role) & support
        yield f"{field}Group = 'Ops'", lambda t, role=role: t.people(role) & ops
        yield f"{field}Group = 'No such'", lambda t: False
        yield (
            f"{field}Group IN ('Clients', 'Ops')",
            lambda t, role=role: t.people(role) & {*ops, "bob", "Clients"},
        )
    yield "OwnerGroup = 'Support'", lambda t: t.owner in ("jo", "kim")
    yield "OwnerGroup != 'Support'", lambda t: t.owner not in ("jo", "kim")
    yield "OwnerGroup = 'Ops'", lambda t: t.owner in ("jo", "kim", "max")
    yield "WatcherGroup = 'Support'", lambda t: t.watchers() & support
    yield "WatcherGroup != 'Support'", lambda t: not t.watchers() & support


def places() -> Iterator[Case]:
    """Organisations and sites."""
    for field, read in (("Organization", lambda t: t.organization), ("Site", lambda t: t.site)):
        for operator, fits in LIKES.items():
            yield (
                f"{field} {operator} 'ACME'",
                lambda t, read=read, fits=fits, operator=operator: fits((read(t) or "").lower(), "acme"),
            )
        yield f"{field} IS NULL", lambda t, read=read: read(t) is None
        yield f"{field} IS NOT NULL", lambda t, read=read: read(t) is not None
    yield "Organisation LIKE 'o'", lambda t: t.organization == "Globex"
    yield "Organization IN ('Acme', 'Globex')", lambda t: t.organization
    yield "Organization NOT IN ('Globex')", lambda t: t.organization != "Globex"
    yield "Organization = 'No such'", lambda t: False
    yield "Organization != 'No such'", lambda t: True


# --- dates ---


def dates() -> Iterator[Case]:
    """Every comparison on every date, whole days and instants."""
    fields = {
        "Created": lambda t: t.created,
        "LastUpdated": lambda t: t.updated,
        "Due": lambda t: t.due,
        "Starts": lambda t: t.starts,
        "Started": lambda t: t.started,
        "Resolved": lambda t: t.resolved,
        "Told": lambda t: t.told,
    }
    for name, read in fields.items():
        for operator, fits in COMPARE.items():
            if operator == "=":
                yield f"{name} = '2026-02-01'", lambda t, read=read: day_of(read(t)) == "2026-02-01"
            elif operator == "!=":
                yield f"{name} != '2026-02-01'", lambda t, read=read: day_of(read(t)) != "2026-02-01"
            else:
                yield (
                    f"{name} {operator} '2026-02-01'",
                    lambda t, read=read, fits=fits: read(t) and fits(read(t), local(2026, 2, 1)),
                )
        yield f"{name} IS NULL", lambda t, read=read: read(t) is None
        yield f"{name} IS NOT NULL", lambda t, read=read: read(t) is not None
        yield f"{name} > 0", lambda t, read=read: read(t) is not None
        yield f"{name} = 0", lambda t, read=read: read(t) is None
        yield f"{name} != 0", lambda t, read=read: read(t) is not None
        yield (
            f"{name} > '2026-01-10 13:00' AND {name} < 'yesterday'",
            lambda t, read=read: read(t) and local(2026, 1, 10, 13) < read(t) < TODAY - DAY,
        )
    yield "Created = 'today'", lambda t: day_of(t.created) == "2026-03-04"
    yield "Created = '2026-03-01'", lambda t: day_of(t.created) == "2026-03-01"
    yield "Created = '2026-02-28'", lambda t: day_of(t.created) == "2026-02-28"
    yield "Created >= '2026-03-01' AND Subject LIKE 'edge'", lambda t: t.key == "edge"
    yield "Created > '2026-03-01' AND Subject LIKE 'edge'", lambda t: t.key == "edge"
    yield "Created = '2026-02-01 09:00'", lambda t: day_of(t.created) == "2026-02-01"
    yield "Created < '1 month ago'", lambda t: t.created < local(2026, 2, 4, 13)
    yield "Created > '2 weeks ago'", lambda t: t.created > NOW - 14 * DAY
    yield "Due < 'now'", lambda t: t.due and t.due < NOW
    yield "Due < 'tomorrow' AND Due > 'yesterday'", lambda t: t.due and TODAY - DAY < t.due < TODAY + DAY
    yield "Due < Started", lambda t: t.due and t.started and t.due < t.started
    yield "NOT Due < Started", lambda t: not (t.due and t.started and t.due < t.started)
    yield "Due >= Resolved", lambda t: t.due and t.resolved and t.due >= t.resolved
    yield "LastUpdated = Created", lambda t: t.updated == t.created
    yield "LastUpdated != Created", lambda t: t.updated != t.created
    yield "Due != Started", lambda t: not (t.due and t.due == t.started)
    yield "Resolved = LastUpdated", lambda t: t.resolved == t.updated


def parts() -> Iterator[Case]:
    """Parts of dates, as clocks in Berlin show them."""

    def said(pattern: str) -> Callable[[datetime], str]:
        return lambda at: at.astimezone(BERLIN).strftime(pattern)

    numbers = {
        "Hour": ("%H", 13),
        "DayOfWeek": ("%w", 3),
        "Day": ("%d", 1),
        "DayOfMonth": ("%d", 22),
        "DayOfYear": ("%j", 60),
        "Month": ("%m", 2),
        "Year": ("%Y", 2026),
        "Annually": ("%Y", 2025),
        "WeekOfYear": ("%V", 9),
    }
    for part, (pattern, value) in numbers.items():
        read = said(pattern)
        for operator in ("=", ">=", "!="):
            yield (
                f"Created.{part} {operator} {value}",
                lambda t, read=read, fits=COMPARE[operator], value=value: fits(int(read(t.created)), value),
            )
    texts = {
        "Time": ("%H:%M:%S", "12:00:00"),
        "Hourly": ("%Y-%m-%d %H", "2026-02-01 12"),
        "Date": ("%Y-%m-%d", "2026-02-01"),
        "Daily": ("%Y-%m-%d", "2026-03-01"),
        "Monthly": ("%Y-%m", "2026-02"),
    }
    for part, (pattern, value) in texts.items():
        read = said(pattern)
        for operator in ("=", "<"):
            yield (
                f"Created.{part} {operator} '{value}'",
                lambda t, read=read, fits=COMPARE[operator], value=value: fits(read(t.created), value),
            )
    yield "Created.DayOfWeek = 'Sunday'", lambda t: said("%w")(t.created) == "0"
    yield "Created.DayOfWeek = 'sun'", lambda t: said("%w")(t.created) == "0"
    yield "Created.DayOfWeek IN ('Saturday', 'Sunday')", lambda t: said("%w")(t.created) in "06"
    yield "Created.Month = 'February'", lambda t: t.created.astimezone(BERLIN).month == 2
    yield "Created.month = 'mar'", lambda t: t.created.astimezone(BERLIN).month == 3
    yield "Due.Monthly = '2026-02'", lambda t: t.due and said("%Y-%m")(t.due) == "2026-02"
    yield "Due.Monthly != '2026-02'", lambda t: not t.due or said("%Y-%m")(t.due) != "2026-02"
    yield "Due.Hour IS NULL", lambda t: t.due is None
    yield "Due.Hour IS NOT NULL", lambda t: t.due


# --- what happened ---


def events() -> Iterator[Case]:
    """Who did something, and when; on merged tickets too. Notes of schedules are no change."""
    all_tickets: dict[str, list] = {"t0": [("max", "Correspond", NOW - timedelta(days=49))]}

    def history(t: Record) -> list[tuple[str, str, datetime]]:
        return [*t.history, *all_tickets.get(t.key, [])]

    def changes(t: Record) -> list[datetime]:
        return [at for _, kind, at in history(t) if kind != "Schedule"]

    for who in ("kim", "jo", "max"):
        yield f"UpdatedBy = '{who}'", lambda t, who=who: any(by == who for by, _, _ in history(t))
        yield f"UpdatedBy != '{who}'", lambda t, who=who: not any(by == who for by, _, _ in history(t))
    yield "UpdatedBy IN ('kim', 'max')", lambda t: any(by in ("kim", "max") for by, _, _ in history(t))
    yield "UpdatedBy = '__CurrentUser__'", lambda t: any(by == "root" for by, _, _ in history(t))
    yield "Updated > '2026-02-20'", lambda t: any(at > local(2026, 2, 20) for at in changes(t))
    yield "Updated < '2026-01-20'", lambda t: any(at < local(2026, 1, 20) for at in changes(t))
    yield "Updated = '2026-02-01'", lambda t: any(day_of(at) == "2026-02-01" for at in changes(t))
    yield "TransactionDate >= '1 week ago'", lambda t: any(at >= NOW - 7 * DAY for at in changes(t))
    yield (
        "Updated > '2026-02-01' AND Updated < '2026-02-03'",
        lambda t: any(local(2026, 2, 1) < at < local(2026, 2, 3) for at in changes(t)),
    )
    yield (
        "Updated > '2026-02-01' AND Status = 'open' AND Updated < '2026-02-03'",
        lambda t: t.status == "open" and any(local(2026, 2, 1) < at < local(2026, 2, 3) for at in changes(t)),
    )
    yield (
        "NOT (Updated > '2026-02-01' AND Updated < '2026-02-03')",
        lambda t: not any(local(2026, 2, 1) < at < local(2026, 2, 3) for at in changes(t)),
    )
    yield (
        "Updated < '2026-01-17' AND Updated > '2026-01-13'",
        lambda t: any(local(2026, 1, 13) < at < local(2026, 1, 17) for at in changes(t)),
    )


# --- logic ---


def logic() -> Iterator[Case]:
    """AND, OR, NOT and parentheses; fields compared with each other."""
    yield "", lambda t: True
    yield "NOT Status = 'open'", lambda t: t.status != "open"
    yield "NOT NOT Status = 'open'", lambda t: t.status == "open"
    yield "NOT Due < 'today'", lambda t: not (t.due and t.due < TODAY)
    yield "NOT (Status = 'open' OR Owner = 'jo')", lambda t: t.status != "open" and t.owner != "jo"
    yield "NOT (Status = 'open' AND Owner = 'jo')", lambda t: not (t.status == "open" and t.owner == "jo")
    yield (
        "NOT (Due < 'today' AND NOT Requestor = 'ann@client.example')",
        lambda t: not (t.due and t.due < TODAY and "ann" not in t.people("Requestor")),
    )
    yield (
        "Status = 'open' AND (Owner = 'jo' OR Due > 'today')",
        lambda t: t.status == "open" and (t.owner == "jo" or (t.due and t.due > TODAY)),
    )
    yield (
        "Queue = 'General' AND Status = 'open' OR Queue = 'Sales'",
        lambda t: (t.queue == "General" and t.status == "open") or t.queue == "Sales",
    )
    yield (
        "Requestor = 'ann@client.example' AND Requestor = 'bob@client.example'",
        lambda t: {"ann", "bob"} <= t.people("Requestor"),
    )
    yield (
        "Requestor = 'ann@client.example' AND Requestor != 'bob@client.example'",
        lambda t: "ann" in t.people("Requestor") and "bob" not in t.people("Requestor"),
    )
    yield "Requestor.id = Creator", lambda t: t.creator in t.play("Requestor")
    yield "Requestor.id != Creator", lambda t: t.creator not in t.play("Requestor")
    yield "Cc.id = Requestor.id", lambda t: t.play("Cc") & t.play("Requestor")
    yield "AdminCc.id = Owner", lambda t: t.owner in t.play("AdminCc")
    yield (
        "Requestor.City = Creator.City",
        lambda t: any(
            CITIES.get(who, "").lower() == CITIES.get(t.creator, "").lower()
            for who in t.play("Requestor")
            if who in ADDRESSES
        ),
    )
    yield "CustomRole.{Account manager}.id = Owner.id", lambda t: t.owner in t.play("Manager")
    yield "Owner = LastUpdatedBy", lambda t: t.owner == t.updated_by
    yield "Owner != LastUpdatedBy", lambda t: t.owner != t.updated_by
    yield "Priority = InitialPriority", lambda t: t.priority == t.initial
    yield "Priority < FinalPriority", lambda t: t.priority < t.final
    yield "TimeWorked >= TimeEstimated", lambda t: t.worked >= t.estimated
    yield "Subject = Description", lambda t: t.subject == t.description
    yield "Type = 'ticket'", lambda t: True
    yield "Type != 'reminder'", lambda t: True
    yield "Type = 'TICKET' AND Status = 'open'", lambda t: t.status == "open"


GROUPS_OF_CASES = {
    each.__name__: each
    for each in (
        texts,
        numbers,
        labels,
        statuses,
        queues,
        owners,
        roles,
        groups,
        places,
        dates,
        parts,
        events,
        logic,
    )
}
