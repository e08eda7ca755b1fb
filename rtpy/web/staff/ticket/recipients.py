"""Who would get a reply or a comment written now: asked of the scrips and by the functions that send it for real."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rtpy.content.part import Message
from rtpy.errors import RtpyError
from rtpy.http.resources import TicketResource
from rtpy.mail.occasion import Occasion
from rtpy.mail.people import People
from rtpy.mail.recipients import Audience as Wanted
from rtpy.mail.recipients import Recipient, choose_recipients, read_audience
from rtpy.models import Transaction
from rtpy.models.watcher import ADMIN_CC, CC, OWNER, REQUESTOR
from rtpy.scrips.rules import BATCH, CREATE, Rule, rules_of
from rtpy.web import shown

ROLE_WORDS = ((REQUESTOR, "requestor"), (CC, "copy"), (ADMIN_CC, "internal copy"), (OWNER, "owner"))


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets a reply, each with a box to tick, and who gets a comment."""

    of_reply: tuple[shown.Recipient, ...]
    of_comment: tuple[Recipient, ...]


def find_audience(resource: TicketResource, *, spared: Sequence[str] = ()) -> Audience:
    """At most two queries; nothing is changed. `spared` addresses come back unticked."""
    reply = _occasion(resource, "Correspond")
    comment = _occasion(resource, "Comment")
    of_reply = recipients_of(reply)
    _ = reply.people  # read once, for both
    comment.memo["people"] = reply.memo["people"]
    folded = {address.lower() for address in spared}
    boxes = [
        shown.Recipient(
            each.address,
            each.name or each.address,
            _role(reply.people, each.address),
            each.address.lower() not in folded,
        )
        for each in of_reply
    ]
    order = [words for _, words in ROLE_WORDS]
    boxes.sort(key=lambda box: order.index(box.role) if box.role in order else len(order))
    return Audience(tuple(boxes), recipients_of(comment))


def recipients_of(occasion: Occasion) -> tuple[Recipient, ...]:
    """Everybody whom the scrips would mail about this occasion, each address once."""
    found: dict[str, Recipient] = {}
    for rule in _holding(occasion):
        wanted = _wanted(rule, occasion)
        if wanted is None:
            continue
        audience, internal = wanted
        internal = internal or occasion.transaction.type == "Comment"
        for each in choose_recipients(occasion, audience, internal=internal).recipients:
            found.setdefault(each.address.lower(), each)
    return tuple(found.values())


def _occasion(resource: TicketResource, kind: str) -> Occasion:
    work, ticket = resource.work, resource.ticket
    transaction = Transaction(
        type=kind,
        object_type="ticket",
        object_id=ticket.id,
        creator_id=work.actor.user_id,
        created=work.now,
        face=work.actor.face.value,
        field="",
        old_value="",
        new_value="",
        data=ticket.subject,
        time_taken=0,
    )
    return Occasion(work.as_system(), ticket, transaction, Message())


def _holding(occasion: Occasion) -> Iterator[Rule]:
    """The scrips whose condition holds; one that breaks here would break for real as well, and mail nobody."""
    work = occasion.work
    rules, kinds = rules_of(work.app, work.db), work.app.named("rtpy_conditions")
    for stage in (CREATE, BATCH):
        for rule in rules.of(occasion.ticket.queue_id, occasion.transaction.type, stage):
            kind = kinds.get(rule.condition)
            try:
                if kind is not None and kind.holds(occasion, rule.condition_argument) is None:
                    yield rule
            except (RtpyError, LookupError, ValueError, TypeError, AttributeError):
                continue


def _wanted(rule: Rule, occasion: Occasion) -> tuple[Wanted, bool] | None:
    """Whom an action mails, and whether only staff may read it; None for actions that do not mail."""
    try:
        match rule.action:
            case "Notify":
                return read_audience(rule.action_argument), False
            case "NotifyAsComment":
                return read_audience(rule.action_argument), True
            case "NotifyOwnerOrAdminCc":
                return Wanted(frozenset({OWNER if occasion.people.owner else ADMIN_CC})), False
            case "Autoreply":
                return Wanted(frozenset({REQUESTOR}), actor_too=True, is_answer=True), False
            case _:
                return None
    except RtpyError:
        return None


def _role(people: People, address: str) -> str:
    folded = address.lower()
    for role, words in ROLE_WORDS:
        if any(person.address.lower() == folded for person in people.playing(role)):
            return words
    return "by a scrip"
