"""The rules for new mail as values: which of them fit a mail, and what its ticket gets because of that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.mail.headers import read_header
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import IncomingMail
from rtpy.mail.sorting.patterns import any_address, is_all_of, is_in, lines_of
from rtpy.mail.words import decode_text
from rtpy.models import MailRule
from rtpy.remembered import remembered, watch

CONDITIONS = ("mailbox", "recipient", "plus", "sender", "subject", "header", "kind")
"""What `MailRule.wanted` may hold: patterns, one a line; any of them is enough."""
KINDS = {"human": "a person", "machine": "a machine", "list": "a mailing list"}
_KIND_OF = {AutoKind.HUMAN: "human", AutoKind.LIST: "list"}
_RECEIVED_FOR = ("delivered-to", "x-original-to", "x-forwarded-to", "envelope-to")
_MOST_FIELDS = 50

watch(MailRule)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is kept: conditions that must all hold, and what it sets."""

    id: int
    name: str
    goes_on: bool = False
    from_queue_id: int | None = None
    from_organization_id: int | None = None
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    queue_id: int | None = None
    organization_id: int | None = None
    priority: int | None = None
    status: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    junk: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What rules look at. `organization` says which client the sender speaks for, and is asked only if a rule does."""

    queue_id: int | None
    mailbox: str
    recipients: tuple[str, ...]
    details: tuple[str, ...]
    """What stands after a plus in the addresses."""
    sender: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    kind: str
    organization: Callable[[], int | None]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What all rules that fit say together; what an upper rule says stands before what a lower one says."""

    names: tuple[str, ...] = ()
    queue_id: int | None = None
    organization_id: int | None = None
    priority: int | None = None
    status: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    junk: bool = False
    silent: bool = False


def letter_of(
    mail: IncomingMail,
    transport: Mapping[str, str],
    queue_id: int | None,
    sender: str,
    organization: Callable[[], int | None],
) -> Letter:
    """What rules may ask of a mail; `transport` is what was said when it was handed over."""
    head = f"{mail.message.headers}\n\n".encode("utf-8", "replace")
    raw = read_header(head, 0, len(head), {})[0]
    named = [one.address for one in (*mail.to, *mail.cc)]
    named += [decode_text(value).strip("<> ") for name in _RECEIVED_FOR for value in raw.all(name)[:5]]
    named += [one for key in ("recipient", "envelope_recipient") if (one := transport.get(key, ""))]
    recipients = tuple(dict.fromkeys(one.lower() for one in named if "@" in one))
    plus = [local.partition("+")[2] for local in (one.rpartition("@")[0] for one in recipients)]
    return Letter(
        queue_id,
        transport.get("mailbox", ""),
        recipients,
        tuple(dict.fromkeys(filter(None, (*plus, transport.get("extension", ""))))),
        sender.lower(),
        mail.subject,
        tuple((name, decode_text(value)) for name, value in raw.fields),
        _KIND_OF.get(mail.auto, "machine"),
        organization,
    )


def rules_of(app: App, db: Session) -> tuple[Rule, ...]:
    """Those that are switched on, in their order; remembered until one is written."""
    return remembered(app, db, "mail.rules", _read)


def sort_letter(rules: Sequence[Rule], letter: Letter) -> Sorted:
    """The first rule that fits decides, and those below it as long as they are told to go on."""
    fitting = []
    for rule in rules:
        if fits(rule, letter):
            fitting.append(rule)
            if not rule.goes_on:
                break
    if not fitting:
        return Sorted()
    fields: dict[str, tuple[str, ...]] = {}
    for rule in fitting:
        for name, values in rule.fields.items():
            fields.setdefault(name, values)
    return Sorted(
        names=tuple(rule.name for rule in fitting),
        queue_id=next((rule.queue_id for rule in fitting if rule.queue_id is not None), None),
        organization_id=next(
            (rule.organization_id for rule in fitting if rule.organization_id is not None), None
        ),
        priority=next((rule.priority for rule in fitting if rule.priority is not None), None),
        status=next((rule.status for rule in fitting if rule.status), ""),
        fields=fields,
        junk=any(rule.junk for rule in fitting),
        silent=any(rule.silent for rule in fitting),
    )


def fits(rule: Rule, letter: Letter) -> bool:
    """Do all conditions of the rule hold?"""
    if rule.from_queue_id is not None and rule.from_queue_id != letter.queue_id:
        return False
    if not all(_ASKED[name](patterns, letter) for name, patterns in rule.wanted.items() if patterns):
        return False
    return rule.from_organization_id is None or rule.from_organization_id == letter.organization()


def value_of(row: MailRule) -> Rule:
    """The row as a value."""
    return Rule(
        id=row.id,
        name=row.name,
        goes_on=row.goes_on,
        from_queue_id=row.from_queue_id,
        from_organization_id=row.from_organization_id,
        wanted={name: lines_of(row.wanted[name]) for name in CONDITIONS if row.wanted.get(name)},
        queue_id=row.queue_id,
        organization_id=row.organization_id,
        priority=row.priority,
        status=row.status,
        fields={name: tuple(values) for name, values in row.fields.items()},
        junk=row.junk,
        silent=row.silent,
    )


def _read(db: Session) -> tuple[Rule, ...]:
    rows = select(MailRule).where(MailRule.disabled.is_(False)).order_by(MailRule.position, MailRule.id)
    return tuple(value_of(row) for row in db.scalars(rows))


def _has_header(patterns: tuple[str, ...], letter: Letter) -> bool:
    for pattern in patterns:
        name, _, wanted = (piece.strip() for piece in pattern.partition(":"))
        values = [value for known, value in letter.headers if known == name][:_MOST_FIELDS]
        if any(is_in(wanted, value) for value in values):
            return True
    return False


_ASKED: dict[str, Callable[[tuple[str, ...], Letter], bool]] = {
    "mailbox": lambda patterns, letter: any(is_all_of(one, letter.mailbox) for one in patterns),
    "recipient": lambda patterns, letter: any_address(patterns, letter.recipients),
    "plus": lambda patterns, letter: any(
        is_all_of(one, detail) for one in patterns for detail in letter.details
    ),
    "sender": lambda patterns, letter: bool(letter.sender) and any_address(patterns, (letter.sender,)),
    "subject": lambda patterns, letter: any(is_in(one, letter.subject) for one in patterns),
    "header": _has_header,
    "kind": lambda patterns, letter: letter.kind in patterns,
}
