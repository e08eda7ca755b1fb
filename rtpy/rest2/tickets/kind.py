"""Tickets: the values of many of them at once, and where one may go from one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from rtpy.changes.roles import roles_of
from rtpy.customfields.kinds import Lookup
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR
from rtpy.rest2.call import Call
from rtpy.rest2.custom_field_cells import NO_ROLES, field_links, field_refs
from rtpy.rest2.kind import Kind, add_kind, self_link
from rtpy.rest2.tickets.links import link_cells, links_from
from rtpy.rest2.tickets.people import SINGLE, People, people_of
from rtpy.rest2.values import Document, Number, Ref, stub, url, w3c
from rtpy.rights.names import Right
from rtpy.search.columns.page import Facts, TicketPage
from rtpy.search.columns.people import roles_of_reader

UTC = ZoneInfo("UTC")
ROLES = (REQUESTOR, CC, ADMIN_CC)
FOR_STAFF = frozenset(
    {
        "TimeWorked", "TimeLeft", "TimeEstimated", "TotalTimeWorked", "Priority", "InitialPriority", "FinalPriority",
        "AdminCc", "CustomRoles", "Description", "SLA", "LastUpdatedBy",
    }
)  # fmt: skip
"""What customers do not read: what they may is one list, for all faces."""
CUSTOM_ROLE = "RT::CustomRole-"


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket, with all that were read with it."""

    facts: Facts
    page: TicketPage

    @property
    def id(self) -> int:
        """Its number."""
        return self.facts.id


Cell = Callable[[Facts], Any]  # Any: values of every kind

PLAIN: Mapping[str, Cell] = {
    "EffectiveId": lambda each: each.merged_into_id or each.id,
    "Type": lambda each: each.type,
    "Subject": lambda each: each.subject,
    "Description": lambda each: each.description or None,
    "Status": lambda each: each.status,
    "SLA": lambda each: each.sla or None,
    "Queue": lambda each: Ref("queue", each.queue_id),
    "Organization": lambda each: each.organization or None,
    "Site": lambda each: each.site or None,
    "Priority": lambda each: each.priority,
    "InitialPriority": lambda each: each.initial_priority,
    "FinalPriority": lambda each: each.final_priority,
    "TimeWorked": lambda each: each.time_worked,
    "TimeLeft": lambda each: each.time_left,
    "TimeEstimated": lambda each: each.time_estimated,
    "Created": lambda each: each.created,
    "LastUpdated": lambda each: each.last_updated,
    "Starts": lambda each: w3c(each.starts),
    "Started": lambda each: w3c(each.started),
    "Due": lambda each: w3c(each.due),
    "Resolved": lambda each: w3c(each.resolved),
    "Told": lambda each: each.told,
    "IsMerged": lambda each: 1 if each.merged_into_id else None,
}
NAMES = (
    "EffectiveId", "Type", "Subject", "Description", "Status", "SLA", "Queue", "Owner", *ROLES, "CustomRoles",
    "Organization", "Site", "Priority", "InitialPriority", "FinalPriority", "TimeWorked", "TimeLeft", "TimeEstimated",
    "TotalTimeWorked", "Creator", "Created", "LastUpdatedBy", "LastUpdated", "Starts", "Started", "Due", "Resolved",
    "Told", "CustomFields",
)  # fmt: skip
"""The fields of a single record, in order."""


class TicketKind(Kind):
    """A ticket."""

    name = "ticket"

    def load(self, call: Call, ids: Collection[int]) -> Mapping[int, TicketRow]:
        """One query."""
        page = TicketPage(call.work, list(ids), UTC)
        return {number: TicketRow(facts, page) for number, facts in page.facts.items()}

    def names(self, call: Call, row: Any) -> Sequence[str]:
        """All; a key for custom roles only where some apply."""
        has_roles = bool(roles_of(call.work.app, call.work.db).in_queue(row.facts.queue_id))
        return [name for name in NAMES if has_roles or name != "CustomRoles"]

    def record(self, call: Call, row: Any) -> Document:
        """As in RT the ticket that it goes on in is a reference here, and a plain number in lists."""
        body = super().record(call, row)
        links = body.pop("_hyperlinks")
        own = stub(call, Ref("ticket", row.id))
        return {
            **body,
            "EffectiveId": own,
            "CustomFields": body.get("CustomFields", []),
            "_hyperlinks": links,
        }

    def cells(self, call: Call, rows: Sequence[Any], names: Sequence[str]) -> list[Document]:
        """One query for each kind of fact that is asked for."""
        if not rows:
            return []
        facts: list[Facts] = [row.facts for row in rows]
        page: TicketPage = rows[0].page
        found: list[Document] = [{} for _ in facts]
        for name in names:
            if not call.login.is_privileged and (name in FOR_STAFF or name.startswith(CUSTOM_ROLE)):
                continue
            if name in PLAIN:
                cell = PLAIN[name]
                for cells, each in zip(found, facts, strict=True):
                    cells[name] = cell(each)
            elif (values := _further(call, page, facts, name)) is not None:
                for cells, each in zip(found, facts, strict=True):
                    cells[name] = values.get(each.id)
        return found

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Itself, links, custom fields, custom roles, history, then what the caller may do with it."""
        facts, page = row.facts, row.page
        roles = reader_roles(call, page).get(facts.id, NO_ROLES)
        rights = call.work.rights

        def may(right: str) -> bool:
            return rights.of(right).allows(facts.queue_id, roles)

        own = f"{call.base}/ticket/{facts.id}"
        deeds = (
            ("correspond", (Right.REPLY_TO_TICKET, Right.MODIFY_TICKET)),
            ("comment", (Right.COMMENT_ON_TICKET, Right.MODIFY_TICKET)),
        )
        return [
            self_link(call, "ticket", facts.id),
            *(links_from(call, page, facts.id) if call.login.is_privileged else ()),
            *field_links(call, Lookup.TICKET, facts.queue_id, roles),
            *(
                {
                    "ref": "customrole",
                    "type": "customrole",
                    "id": str(role.id),
                    "group_type": f"{CUSTOM_ROLE}{role.id}",
                    "_url": url(call, "customrole", role.id),
                }
                for role in roles_of(call.work.app, call.work.db).in_queue(facts.queue_id)
                if call.login.is_privileged
            ),
            {"ref": "history", "_url": f"{own}/history"},
            *({"ref": name, "_url": f"{own}/{name}"} for name, any_of in deeds if any(map(may, any_of))),
            *_moves(call, page, facts, may),
        ]


def reader_roles(call: Call, page: TicketPage) -> Mapping[int, frozenset[str]]:
    """What the caller plays on these tickets, by their numbers. One query, none where nothing depends on it."""
    rights = call.work.rights
    if "plays_roles" not in call.cache:
        by_role = any(held.by_role for held in rights.by_right.values())
        call.cache["plays_roles"] = by_role and not rights.super_user
    if not call.cache["plays_roles"]:
        return {}
    kept = call.cache.setdefault("ticket_roles", {})
    if id(page) not in kept:
        tickets = {each.id: (each.queue_id, each.owner_id) for each in page.facts.values()}
        kept[id(page)] = page, roles_of_reader(call.work.db, rights.principals, tickets)
    found: Mapping[int, frozenset[str]] = kept[id(page)][1]
    return found


def _moves(call: Call, page: TicketPage, facts: Facts, may: Callable[[str], bool]) -> list[Document]:
    """The buttons of the lifecycle that this caller can press."""
    life = call.work.app.lifecycles.get(facts.lifecycle)
    rights = {move.new: move.right for move in life.moves_from(facts.status)}
    pages = {"Respond": "/correspond", "Comment": "/comment"}
    waits = None
    found: list[Document] = []
    for action in life.actions_from(facts.status):
        if not may(rights[action.new]):
            continue
        if life.is_inactive(action.new) and action.new != "deleted":
            # asked only of tickets that depend on something: closing them is refused while that is open
            waits = (_waits(page, facts.id)) if waits is None else waits
            if waits:
                continue
        update = action.update.value if action.update else ""
        link: Document = {
            "ref": "lifecycle",
            "from": action.old,
            "to": action.new,
            "label": action.label or action.new.capitalize(),
            "_url": f"{call.base}/ticket/{facts.id}{pages.get(update, '')}",
        }
        found.append({**link, "update": update} if update else link)
    return found


def _waits(page: TicketPage, number: int) -> bool:
    depends = page.links.get(number, {}).get("DependsOn", ())
    return any(each.ticket_id is not None for each in depends) and bool(page.waits_for.get(number))


def _further(call: Call, page: TicketPage, facts: Sequence[Facts], name: str) -> Mapping[int, Any] | None:
    """Fields that take a query, by the numbers of tickets; None for what there is not."""
    if name in ROLES:
        people = _people(call, page)
        return {each.id: list(people.get(each.id, {}).get(name, ())) for each in facts}
    if name in SINGLE:
        people = _people(call, page)
        return {each.id: next(iter(people.get(each.id, {}).get(name, ())), None) for each in facts}
    if name == "CustomRoles":
        return {each.id: _custom_roles(call, page, each) for each in facts}
    if name.startswith(CUSTOM_ROLE):
        role = name.removeprefix("RT::")
        known = roles_of(call.work.app, call.work.db).by_role.get(role)
        return (
            {each.id: _players(call, page, each, role, known.is_single) for each in facts} if known else None
        )
    if name == "CustomFields":
        places = {each.id: each.queue_id for each in facts}
        return {key: refs or None for key, refs in _fields(call, page, places).items()}
    if name == "TotalTimeWorked":
        return {each.id: Number(minutes) for each, minutes in _totals(page, facts)}
    if name == "_hyperlinks":
        return {each.id: TICKET.hyperlinks(call, TicketRow(each, page)) for each in facts}
    return link_cells(call, page, facts, name) if call.login.is_privileged else None


def _fields(call: Call, page: TicketPage, places: Mapping[int, int]) -> Mapping[int, list[Ref]]:
    roles = reader_roles(call, page) if call.work.rights.of(Right.SEE_CUSTOM_FIELD).by_role else {}
    return field_refs(call, Lookup.TICKET, places, roles)


def _totals(page: TicketPage, facts: Sequence[Facts]) -> list[tuple[Facts, int]]:
    """With the minutes of parts; what has no parts is its own total, which costs no query beside that of the links."""
    if not any("Members" in page.links.get(each.id, {}) for each in facts):
        return [(each, each.time_worked) for each in facts]
    return [(each, page.total_minutes.get(each.id, each.time_worked)) for each in facts]


def _custom_roles(call: Call, page: TicketPage, facts: Facts) -> dict[str, Any]:
    known = roles_of(call.work.app, call.work.db).in_queue(facts.queue_id)
    return {role.name: _players(call, page, facts, role.role, role.is_single) for role in known}


def _players(call: Call, page: TicketPage, facts: Facts, role: str, is_single: bool) -> Any:
    refs = list(_people(call, page).get(facts.id, {}).get(role, ()))
    if not is_single:
        return refs
    return refs[0] if refs else nobody_ref(call)


def nobody_ref(call: Call) -> Ref:
    """Who holds a single role that nobody holds."""
    return Ref("user", call.work.app.nobody_id(call.work.db), "Nobody")


def _people(call: Call, page: TicketPage) -> People:
    """Of all tickets of the page; asked once."""
    kept = call.cache.setdefault("ticket_people", {})
    if id(page) not in kept:
        kept[id(page)] = page, people_of(call, page.ids)
    found: People = kept[id(page)][1]
    return found


TICKET = add_kind(TicketKind())
