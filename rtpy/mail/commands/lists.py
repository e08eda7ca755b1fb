"""Orders about what a ticket has several of: people in roles, links, values of custom fields."""

from collections.abc import Iterator
from datetime import tzinfo

from sqlalchemy import func, select

from rtpy.changes.addresses import read_addresses
from rtpy.changes.allowed import need
from rtpy.changes.change import Change
from rtpy.changes.customfields.ticket import AddCustomFieldValue, DeleteCustomFieldValue, SetCustomField
from rtpy.changes.own_addresses import is_ours, own_addresses
from rtpy.changes.people import find_by_name, person_for_address
from rtpy.changes.roles import roles_of
from rtpy.changes.ticket.links import AddLink, DeleteLink
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Refused
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import field_named
from rtpy.links.uris import ticket_id_of
from rtpy.mail.commands.lines import Order, Verb
from rtpy.models import Group, Ticket, Watcher
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.search.columns.links import LINKS, links_of
from rtpy.work import Work

MOST = 50
"""Values of one line."""
_COLUMNS = {**{column: column for column in LINKS.values()}, "HasMember": "Members"}
"""How a link's name for changes is called among columns."""


def people(work: Work, ticket: Ticket, order: Order) -> Iterator[Change]:
    """Addresses, login names, `me` and `group:NAME` between commas; a list replaces who is there."""
    need(work, ticket, Right.MODIFY_TICKET)
    role = order.name
    if role == "role":
        known = roles_of(work.app, work.db).named(order.of)
        if known is None or not roles_of(work.app, work.db).holds(known.role, ticket.queue_id):
            raise Refused(f"The queue of the ticket has no role “{order.of[:80]}”.")
        role = known.role
    named = _principals(work, order.value)
    held = select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id, Watcher.role == role)
    present = set(work.db.scalars(held))
    if order.verb is Verb.DELETE:
        missing = [each for each in named if each not in present]
        if missing:
            raise Refused("Somebody who is named there has not got that role.")
        yield from (DeleteWatcher(role, each) for each in named)
        return
    yield from (AddWatcher(role, each) for each in named if each not in present)
    if order.verb is Verb.SET:
        yield from (DeleteWatcher(role, each) for each in sorted(present.difference(named)))


def _principals(work: Work, value: str) -> list[int]:
    """Ids, each once. An address that nobody has makes a contact. Raises Refused, Invalid."""
    own = own_addresses(work.app, work.db)
    found: list[int] = []
    for piece in [piece.strip() for piece in value.replace(";", ",").split(",") if piece.strip()]:
        if piece.lower() == "me":
            found.append(work.actor.user_id)
        elif piece.lower().startswith("group:"):
            found.append(_group(work, piece[len("group:") :].strip()))
        else:
            name, address = next(iter(read_addresses(piece)), ("", piece))
            if is_ours(address, own):
                raise Refused(f"{address} is our own address: mail to it would come back as a reply.")
            user = find_by_name(work.db, address)
            if user is None and "@" not in address.strip("@"):
                raise Refused(f"“{piece[:80]}” is neither a mail address nor the name of somebody here.")
            found.append((user or person_for_address(work, address, name)).id)
        if len(found) > MOST:
            raise Refused(f"These are more than {MOST} people at once.")
    return list(dict.fromkeys(found))


def _group(work: Work, name: str) -> int:
    group = work.db.scalar(
        select(Group).where(Group.domain == "UserDefined", func.lower(Group.name) == name.lower())
    )
    if group is None:
        raise Refused(f"There is no group “{name[:80]}”.")
    return group.id


def links(work: Work, ticket: Ticket, order: Order) -> Iterator[Change]:
    """Ticket numbers or addresses between commas or blanks; a list replaces what is there."""
    items = list(dict.fromkeys(order.value.replace(",", " ").split()))
    items = [item.removeprefix("#") for item in items]
    if len(items) > MOST:
        raise Refused(f"These are more than {MOST} links at once.")
    if order.verb is Verb.DELETE:
        yield from (DeleteLink(order.name, item) for item in items)
        return
    yield from (AddLink(order.name, item) for item in items)
    if order.verb is Verb.SET:
        organization = work.app.config.organization
        wanted = {str(ticket_id_of(item, organization) or item) for item in items}
        for there in links_of(work, [ticket.id])[ticket.id].get(_COLUMNS[order.name], ()):
            number = ticket_id_of(there.uri, organization)
            if str(number or there.uri) not in wanted:
                yield DeleteLink(order.name, there.uri)


def values(work: Work, ticket: Ticket, order: Order, zone: tzinfo) -> Iterator[Change]:
    """One value, or several between commas where the field takes several; none empties it."""
    definition = field_named(work.app, work.db, Lookup.TICKET, order.of, ticket.queue_id)
    roles = roles_held(work.db, work.rights.principals, ticket)
    if definition is None or definition.disabled or not sees(work, definition, ticket.queue_id, roles):
        raise Refused(f"The queue of the ticket has no field “{order.of[:80]}”.")
    is_one = definition.is_single or definition.facts.is_long
    pieces = [order.value] if is_one else order.value.split(",")
    given = tuple(piece.strip() for piece in pieces if piece.strip())
    if order.verb is Verb.SET:
        yield SetCustomField(definition.id, given, zone)
    elif order.verb is Verb.ADD:
        yield from (AddCustomFieldValue(definition.id, each, zone) for each in given)
    else:
        yield from (DeleteCustomFieldValue(definition.id, each) for each in given)
