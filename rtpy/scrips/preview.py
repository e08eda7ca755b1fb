"""Who would get mail about something that has not happened yet: asked of the scrips themselves; nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rtpy.content.part import Message
from rtpy.errors import RtpyError
from rtpy.mail.occasion import Occasion
from rtpy.mail.outgoing import ASKED
from rtpy.mail.people import People, Person, find_people, load_people
from rtpy.mail.recipients import Chosen, Recipient
from rtpy.models import Ticket, Transaction
from rtpy.models.watcher import CC, REQUESTOR
from rtpy.scrips.engine import prepare_rule, refusal_of
from rtpy.scrips.rules import BATCH, CREATE, rules_of
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Preview:
    """Everybody who would get a mail, each address once, and why others would get none."""

    told: tuple[Recipient, ...] = ()
    left_out: tuple[str, ...] = ()


def occasion_of(
    work: Work, ticket: Ticket, kind: str, message: Message | None = None, old: str = "", new: str = ""
) -> Occasion:
    """As if the actor of `work` did it now: `kind` is a transaction's type, `old` and `new` its values."""
    transaction = Transaction(
        id=0,
        type=kind,
        object_type="ticket",
        object_id=ticket.id,
        creator_id=work.actor.user_id,
        created=work.now,
        face=work.actor.face.value,
        field="Status" if kind == "Status" else "",
        old_value=old,
        new_value=new,
        data=ticket.subject,
        time_taken=0,
    )
    return Occasion(work.as_system(), ticket, transaction, message)


def creation_of(
    work: Work, ticket: Ticket, requestors: Sequence[tuple[str, str]], cc: Sequence[str], message: Message
) -> Occasion:
    """As if `ticket`, which is not stored, were made: `requestors` are addresses with names, both may be unknown."""
    ticket.id = 0
    occasion = occasion_of(work, ticket, "Create", message)
    known = find_people(work, [*(address for address, _ in requestors), *cc])

    def person(address: str, name: str = "") -> Person:
        return known.get(address.lower()) or Person(0, name or address, address, is_staff=False)

    people: People = load_people(work, ticket.queue_id, 0, ticket.owner_id, work.actor.user_id)
    people.on_ticket[REQUESTOR] = tuple(person(*each) for each in requestors)
    people.on_ticket[CC] = tuple(person(each) for each in cc)
    occasion.memo["people"] = people
    return occasion


def who_gets(*occasions: Occasion) -> Preview:
    """What the scrips would send about all of this, taken together. Occasions of one ticket share its people."""
    told: dict[str, Recipient] = {}
    refused: dict[str, str] = {}
    for occasion in occasions:
        if occasion is not occasions[0]:
            _ = occasions[0].people  # read once, for all
            occasion.memo.setdefault("people", occasions[0].memo["people"])
        for chosen in _asked(occasion):
            for each in chosen.recipients:
                told.setdefault(each.address.lower(), replace(each, name=each.name or each.address))
            refused |= {address: why for address, why in chosen.refused.items() if address not in refused}
    reasons = (why for address, why in refused.items() if address not in told)
    return Preview(tuple(told.values()), tuple(dict.fromkeys(reasons)))


def _asked(occasion: Occasion) -> Iterable[Chosen]:
    """Whom each mail would reach. A scrip that breaks here would break for real as well, and mail nobody."""
    work, ticket = occasion.work, occasion.ticket
    found: list[Chosen] = []
    occasion.memo[ASKED] = found
    rules, kinds = rules_of(work.app, work.db), work.app.named("rtpy_actions")
    for stage in (CREATE, BATCH):
        for rule in rules.of(ticket.queue_id, occasion.transaction.type, stage):
            kind = kinds.get(rule.action)
            try:
                if kind is not None and kind.mails and refusal_of(rule, occasion) is None:
                    prepare_rule(rules, rule, occasion)
            except (RtpyError, LookupError, ValueError, TypeError, AttributeError):
                continue
    return found
