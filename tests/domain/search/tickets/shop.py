"""The tickets that queries are tried on: plain records, and how they come into a database."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert

from rtpy.changes.membership import add_member, create_group, enable_group
from rtpy.changes.people import create_person
from rtpy.models import (
    Ace,
    CustomRole,
    CustomRolePlace,
    Organization,
    OrganizationSite,
    Queue,
    StoredLifecycle,
    Ticket,
    Transaction,
    UserAddress,
    Watcher,
)

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
"""A Wednesday, at noon in Greenwich and at one o'clock in Berlin."""
BERLIN = ZoneInfo("Europe/Berlin")
ACTIVE = {"default": {"new", "open", "stalled"}, "sales": {"lead", "open"}}
"""By lifecycle. In sales what is stalled is closed: the same word is in another set there."""
LIFECYCLE = {"General": "default", "Network": "default", "Sales": "sales", "Hidden": "default"}
LABELS = {
    "General": [(0, "Low"), (50, "Medium"), (75, "High"), (100, "Urgent")],
    "Network": [(0, "Low"), (10, "High"), (20, "Burning")],
    "Sales": [],
    "Hidden": [(0, "Low"), (50, "Medium"), (75, "High"), (100, "Urgent")],
}
GROUPS = {"Support": {"jo", "kim"}, "Clients": {"bob"}, "Ops": {"Support", "max"}, "Former": {"cleo"}}
"""Members of each; Former is switched off."""
ADDRESSES = {
    "ann": {"ann@client.example", "ann@home.example"},
    "bob": {"bob@client.example"},
    "cleo": {"cleo@other.example"},
    "jo": {"jo@staff.example"},
    "kim": {"kim@staff.example"},
    "max": {"max@staff.example"},
    "root": {"root@localhost"},
    "Nobody": set(),
}
"""Login names of customers are their addresses; here they go by short names."""
REAL_NAMES = {
    "ann": "Ann Äpfel",
    "bob": "Bob",
    "cleo": "",
    "jo": "Jo Doe",
    "kim": "Kim 100%",
    "max": "Max_Power",
}
CITIES = {"ann": "Berlin", "bob": "Bern", "jo": "berlin"}
LOGINS = {name: (f"{name}@client.example" if name in ("ann", "bob") else name) for name in ADDRESSES} | {
    "cleo": "cleo@other.example"
}


@dataclass
class Record:
    """What is known of one ticket; people and groups by their short names."""

    key: str
    queue: str = "General"
    status: str = "open"
    subject: str = ""
    description: str = ""
    type: str = "ticket"
    owner: str = "Nobody"
    creator: str = "ann"
    updated_by: str = "jo"
    requestors: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    admin_cc: tuple[str, ...] = ()
    manager: tuple[str, ...] = ()
    """In the custom role Account manager."""
    organization: str | None = None
    site: str | None = None
    priority: int = 0
    initial: int = 0
    final: int = 0
    worked: int = 0
    left: int = 0
    estimated: int = 0
    sla: str = ""
    created: datetime = NOW
    updated: datetime = NOW
    due: datetime | None = None
    starts: datetime | None = None
    started: datetime | None = None
    resolved: datetime | None = None
    told: datetime | None = None
    merged_into: str | None = None
    history: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Who did what kind of thing when."""
    id: int = 0

    def play(self, role: str) -> set[str]:
        """Who plays a role, groups as such."""
        roles = {
            "Requestor": self.requestors,
            "Cc": self.cc,
            "AdminCc": self.admin_cc,
            "Manager": self.manager,
            "Owner": (self.owner,),
        }
        return set(roles[role])

    def people(self, role: str) -> set[str]:
        """The same with the members of enabled groups, however deep."""
        return spread(self.play(role))

    def watchers(self) -> set[str]:
        """Everybody in any role."""
        return {
            who for role in ("Requestor", "Cc", "AdminCc", "Manager", "Owner") for who in self.people(role)
        }


def spread(names: set[str]) -> set[str]:
    """Names with the members of those that are enabled groups."""
    found = set(names)
    for name in names:
        if name in GROUPS and name != "Former":
            found |= spread(GROUPS[name])
    return found


SUBJECTS = (
    "Printer on fire",
    "Drücker klemmt",
    "ÖL im Server",
    "100% full_disk",
    "",
    "printer",
    "The quick brown fox",
    "It's a 'quote' \\ here",
)
STATUSES = {
    "default": ("new", "open", "stalled", "resolved", "rejected"),
    "sales": ("lead", "open", "stalled", "won"),
}


def days(number: float) -> timedelta:
    """That many days."""
    return timedelta(days=number)


def records() -> list[Record]:
    """36 usual tickets by cycles of different lengths, so that everything meets everything, and some special ones."""
    found = []
    for n in range(36):
        queue = ("General", "Network", "General", "Sales", "Hidden")[n % 5]
        statuses = STATUSES[LIFECYCLE[queue]]
        created = NOW - days(n * 3) - timedelta(hours=n % 7)
        updated = created + days((n % 4) * 2) if n else created
        updated = min(updated, NOW)
        status = statuses[n % len(statuses)]
        found.append(
            Record(
                key=f"t{n}",
                queue=queue,
                status=status,
                subject=SUBJECTS[n % 8],
                description=("", "It burns", "Ärger")[n % 3],
                owner=("Nobody", "jo", "kim", "jo", "max", "Nobody", "root")[n % 7],
                creator=("ann", "bob", "jo")[n % 3],
                updated_by=("jo", "kim", "ann", "root")[n % 4],
                requestors=(("ann",), ("bob",), ("ann", "bob"), (), ("Clients",), ("cleo",))[n % 6],
                cc=((), ("cleo",), (), ("Support",), ("ann",))[n % 5],
                admin_cc=((), ("jo",), ("Former",), (), ("kim", "max"), (), ("Ops",))[n % 7],
                manager=((), ("max",), (), ("kim", "jo"))[n % 4],
                organization=("Acme", None, "Globex")[n % 3],
                site=("Acme", "HQ")[n % 2] if n % 3 == 0 else None,
                priority=(0, 10, 50, 60, 100, -5)[n % 6],
                initial=(0, 50)[n % 2],
                final=(0, 75, 100)[n % 3],
                worked=(0, 15, 60, 600)[n % 4],
                left=(0, 30)[n % 2],
                estimated=(0, 0, 120)[n % 3],
                sla=("", "Gold", "Silver", "gold 24h")[n % 4],
                created=created,
                updated=updated,
                due=None if n % 3 == 0 else created + days(n % 5) + timedelta(hours=n % 9),
                starts=created + days(1) if n % 4 == 1 else None,
                started=created + days(2) if n % 5 in (2, 3) else None,
                resolved=updated if status in ("resolved", "rejected", "won") else None,
                told=created + timedelta(minutes=30) if n % 2 else None,
                history=_history(n, created, updated),
            )
        )
    edge = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)  # in Berlin that is the first of March, a Sunday
    usual = {"requestors": ("cleo",), "creator": "cleo", "updated_by": "cleo"}
    found += [
        Record("edge", subject="Edge of the day", created=edge, updated=edge, due=edge, **usual),
        Record("reminder", subject="Reminder", type="reminder", owner="jo", created=NOW - days(9), **usual),
        Record("deleted", subject="Deleted", status="deleted", created=NOW - days(9), **usual),
        Record("merged", subject="Merged", merged_into="t0", created=NOW - days(50), history=[], **usual),
    ]
    found[-1].history = [("max", "Correspond", NOW - days(49))]
    return found


def _history(n: int, created: datetime, updated: datetime) -> list[tuple[str, str, datetime]]:
    """A creation, here and there a comment, a reply at the last update, and a note of a schedule that is no change."""
    history = [(("ann", "bob", "jo")[n % 3], "Create", created)]
    if n % 4 == 2:
        history.append(("kim", "Comment", created + timedelta(hours=1)))
    if updated > created:
        history.append((("jo", "kim", "ann", "root")[n % 4], "Correspond", updated))
    if n % 9 == 4:
        history.append(("root", "Schedule", NOW))
    return history


@dataclass
class Names:
    """The numbers of what has names."""

    people: dict[str, int]
    queues: dict[str, int]
    tickets: dict[str, int]
    roles: dict[str, int]


def fill(work, shop_records: list[Record]) -> Names:
    """Put everything into the database, past the pipeline: rows as they are to be found."""
    db = work.db
    people = _people(work)
    queues = {name: _queue(db, name) for name in LIFECYCLE}
    db.add(StoredLifecycle(name="sales", type="ticket", definition=_SALES, sort_order=99, created=NOW))
    organizations, sites = {}, {}
    for name in ("Acme", "Globex"):
        row = Organization(name=name, created=NOW)
        db.add(row)
        db.flush()
        organizations[name] = row.id
    for name in ("Acme", "HQ"):
        row = OrganizationSite(organization_id=organizations["Acme"], name=name)
        db.add(row)
        db.flush()
        sites[name] = row.id
    manager = CustomRole(name="Account manager", max_values=0)
    unused = CustomRole(name="Unused role", max_values=1)
    db.add_all([manager, unused])
    db.flush()
    db.add_all(CustomRolePlace(custom_role_id=manager.id, object_id=each) for each in queues.values())
    _grant(db, people, queues)
    tickets: dict[str, int] = {}
    rows = [_ticket(each, people, queues, organizations, sites) for each in shop_records]
    connection = db.connection()
    for record, row in zip(shop_records, rows, strict=True):
        if record.merged_into:
            row["merged_into_id"] = tickets[record.merged_into]
        tickets[record.key] = record.id = connection.execute(
            insert(Ticket.__table__).values(row).returning(Ticket.__table__.c.id)
        ).scalar_one()
    watchers, entries = [], []
    for each in shop_records:
        roles = {
            "Requestor": each.requestors,
            "Cc": each.cc,
            "AdminCc": each.admin_cc,
            manager.role: each.manager,
        }
        watchers += [
            {"ticket_id": each.id, "role": role, "principal_id": people[who]}
            for role, members in roles.items()
            for who in members
        ]
        entries += [
            {
                "object_type": "ticket",
                "object_id": each.id,
                "type": kind,
                "data": "",
                "creator_id": people[who],
                "created": at,
                "face": "web",
            }
            for who, kind, at in each.history
        ]
    connection.execute(insert(Watcher.__table__), watchers)
    queue_watchers = [
        ("General", "Cc", "kim"),
        ("General", "AdminCc", "Support"),
        ("Hidden", "AdminCc", "max"),
    ]
    connection.execute(
        insert(Watcher.__table__),
        [
            {"queue_id": queues[queue], "role": role, "principal_id": people[who]}
            for queue, role, who in queue_watchers
        ],
    )
    connection.execute(insert(Transaction.__table__), entries)
    return Names(people, queues, tickets, {"Account manager": manager.id})


_SALES = {
    "type": "ticket",
    "initial": ["lead"],
    "active": ["open"],
    "inactive": ["stalled", "won", "deleted"],
    "transitions": {
        "": ["lead", "open"],
        "lead": ["open", "won"],
        "open": ["stalled", "won", "deleted"],
        "stalled": ["open"],
    },
}


def _people(work) -> dict[str, int]:
    found = {"root": work.app.actor_named(work.db, "root", work.actor.face).user_id}
    found["Nobody"] = work.app.nobody_id(work.db)
    for name in ("ann", "bob", "cleo", "jo", "kim", "max"):
        person = create_person(
            work,
            name=LOGINS[name],
            email_address=sorted(ADDRESSES[name])[0],
            real_name=REAL_NAMES[name],
            privileged=name in ("jo", "kim", "max"),
        )
        person.city = CITIES.get(name, "")
        found[name] = person.id
    work.db.add(UserAddress(user_id=found["ann"], address="ann@home.example", created=NOW))
    groups = {name: create_group(work, name) for name in GROUPS}
    found |= {name: group.id for name, group in groups.items()}
    for name, members in GROUPS.items():
        for member in sorted(members):
            add_member(work, groups[name], found[member])
    enable_group(work, groups["Former"], enabled=False)
    return found


def _queue(db, name: str) -> int:
    found = db.query(Queue).filter(Queue.name == name).one_or_none()
    queue = found or Queue(name=name, created=NOW)
    queue.lifecycle = LIFECYCLE[name]
    labels = ", ".join(f"{label}={number}" for number, label in LABELS[name]) or "numbers"
    queue.priority_labels = "" if name in ("General", "Hidden") else labels
    db.add(queue)
    db.flush()
    return queue.id


def _grant(db, people: dict[str, int], queues: dict[str, int]) -> None:
    """jo: two queues, comments in one of them. Requestors and owners: their own. AdminCcs of Hidden: what is theirs."""
    db.execute(delete(Ace).where(Ace.right_name != "SuperUser"))
    rows = [
        {
            "right_name": right,
            "principal_id": people["jo"],
            "object_type": "queue",
            "object_id": queues[queue],
        }
        for queue, rights in {
            "General": ("ShowTicket", "SeeQueue", "ShowTicketComments"),
            "Network": ("ShowTicket", "SeeQueue"),
        }.items()
        for right in rights
    ]
    rows += [
        {"right_name": "ShowTicket", "role": role, "object_type": "system", "object_id": 0}
        for role in ("Requestor", "Owner")
    ]
    rows += [
        {"right_name": right, "role": "AdminCc", "object_type": "queue", "object_id": queues["Hidden"]}
        for right in ("ShowTicket", "SeeQueue")
    ]
    db.add_all(Ace(**row) for row in rows)
    db.flush()


def may_see(who: str, each: Record) -> bool:
    """What `_grant` means for one ticket."""
    if who == "root":
        return True
    groups = {name for name in GROUPS if name != "Former" and who in spread({name})}
    mine = {who, *groups}
    in_hidden = each.queue == "Hidden" and (who == "max" or mine & set(each.admin_cc))
    granted = who == "jo" and each.queue in ("General", "Network")
    return bool(granted or in_hidden or each.owner == who or mine & set(each.requestors))


def is_found(each: Record) -> bool:
    """Is it left by the filters that always hold?"""
    return each.status != "deleted" and each.merged_into is None and each.type == "ticket"


def _ticket(each: Record, people, queues, organizations, sites) -> dict[str, object]:
    return {
        "queue_id": queues[each.queue],
        "type": each.type,
        "subject": each.subject,
        "description": each.description,
        "status": each.status,
        "owner_id": people[each.owner],
        "organization_id": organizations.get(each.organization),
        "site_id": sites.get(each.site),
        "initial_priority": each.initial,
        "final_priority": each.final,
        "priority": each.priority,
        "time_estimated": each.estimated,
        "time_worked": each.worked,
        "time_left": each.left,
        "sla": each.sla,
        "told": each.told,
        "starts": each.starts,
        "started": each.started,
        "due": each.due,
        "resolved": each.resolved,
        "creator_id": people[each.creator],
        "created": each.created,
        "last_updated_by_id": people[each.updated_by],
        "last_updated": each.updated,
    }
