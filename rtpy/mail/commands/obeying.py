"""Carrying out the commands of a mail: all of them with what was said, or none, and then the sender is told why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rtpy.changes.allowed import may
from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket, dry_run
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import Message, plain_message
from rtpy.errors import Gone, RtpyError
from rtpy.mail.commands.brought import brought_commands
from rtpy.mail.commands.lines import Order, Orders, find_orders
from rtpy.mail.commands.reading import Booked, read_order
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import IncomingMail
from rtpy.mail.senders import Sender
from rtpy.models import Ticket, Transaction, User
from rtpy.rights.names import Right
from rtpy.work import Work

Say = type[Comment] | type[Correspond]


@dataclass(frozen=True, slots=True)
class Failed:
    """One line and why it cannot be done; empty when only the others are at fault."""

    line: str
    why: str


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What became of a mail with commands: its first transaction, and the lines when they were not done."""

    transaction_id: int | None = None
    failed: tuple[Failed, ...] = ()


def orders_of(sender: Sender, mail: IncomingMail) -> Orders | None:
    """The commands of a mail, if the site lets its sender give any: proved staff, no machine."""
    allowed = sender.work.app.config.mail.commands == "proved" and sender.is_proved_staff
    if not allowed or mail.auto is not AutoKind.HUMAN:
        return None
    return find_orders(mail.message, brought_commands(sender.work.app))


def obey_with(sender: Sender, ticket: Ticket, say: Say, orders: Orders, message: Message) -> Obeyed:
    """Say `message`, the mail without its commands, in the ticket and carry them out, in one bundle.

    The status comes last, so that the reply does not open again what it resolves. What cannot be done leaves the
    message alone; a mail of commands alone is kept as a comment then, since customers must not read it.
    """

    def bundle(plan: _Plan) -> list[Change]:
        if not orders.is_all:
            return [
                *plan.before,
                say(_told(message, orders, done=True), plan.minutes),
                *plan.after,
            ]
        noted = [Comment(plain_message(plan.words), plan.minutes)] if plan.words else []
        booked = [AddTime(plan.minutes)] if plan.minutes and not noted else []
        return [*plan.before, *noted, *booked, *plan.after]

    done, failed = _try_all(sender.work, ticket, orders, bundle)
    if not failed:
        return Obeyed(done[0].id if done else None)
    if orders.is_all:
        return Obeyed(_note(sender.work, ticket, orders), failed)
    said = change_ticket(sender.work, ticket, say(_told(message, orders, done=False)))
    return Obeyed(said.transactions[0].id, failed)


def obey_on_new(sender: Sender, ticket: Ticket, orders: Orders) -> Obeyed:
    """Carry out the commands of the mail that has just opened the ticket."""

    def bundle(plan: _Plan) -> list[Change]:
        return [*plan.before, *([AddTime(plan.minutes)] if plan.minutes else []), *plan.after]

    _, failed = _try_all(sender.work, ticket, orders, bundle)
    return Obeyed(None, failed)


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that the lines ask for: before the message, with it, after it."""

    before: tuple[Change, ...]
    after: tuple[Change, ...]
    minutes: int
    words: str


def _try_all(
    work: Work, ticket: Ticket, orders: Orders, bundle: Callable[[_Plan], list[Change]]
) -> tuple[Sequence[Transaction], tuple[Failed, ...]]:
    """The transactions, or every line with what is wrong with it."""
    failed: list[Failed] = []
    done: Sequence[Transaction] = ()
    try:
        with work.db.begin_nested():
            plan, failed = _read(work, ticket, orders.lines)
            if any(each.why for each in failed):
                raise _Undone
            changes = bundle(plan)
            done = change_ticket(work, ticket, *changes).transactions if changes else ()
    except _Undone:
        _read_anew(work, ticket)
        return (), tuple(failed)
    except Gone:
        raise  # the whole mail goes elsewhere
    except RtpyError as problem:
        _read_anew(work, ticket)
        return (), (*_each_alone(work, ticket, orders.lines, str(problem)),)
    return done, ()


class _Undone(Exception):
    """Something is wrong with a line."""


def _read(work: Work, ticket: Ticket, lines: Sequence[Order]) -> tuple[_Plan, list[Failed]]:
    before: list[Change] = []
    after: list[Change] = []
    minutes, words = 0, []
    failed: list[Failed] = []
    seen: set[tuple[str, str, str]] = set()
    zone = _zone(work)
    for order in lines:
        why = ""
        key = (order.name, order.of.lower(), order.verb.value)
        if order.name and order.verb.value == "set" and key in seen:
            why = "This stands there twice."
        else:
            seen.add(key)
            try:
                with work.db.begin_nested():
                    wanted = read_order(work, ticket, order, zone)
            except RtpyError as problem:
                why = str(problem)
            else:
                for each in wanted:
                    if isinstance(each, Booked):
                        minutes += each.minutes
                        words += [order.text] if each.words else []
                    elif isinstance(each, SetStatus):
                        after.append(each)
                    else:
                        before.append(each)
        failed.append(Failed(order.text, why))
    return _Plan(tuple(before), tuple(after), minutes, "\n".join(words)), failed


def _each_alone(work: Work, ticket: Ticket, lines: Sequence[Order], why: str) -> list[Failed]:
    """Which lines cannot be done, each tried alone; `why` with the last one when only all together cannot."""
    failed = []
    for order in lines:
        reason = ""
        try:
            with work.db.begin_nested():
                plan, _ = _read(work, ticket, (order,))
                booked = (AddTime(plan.minutes),) if plan.minutes else ()
                dry_run(work, ticket, *plan.before, *booked, *plan.after)
                raise _Undone
        except _Undone:
            pass
        except RtpyError as problem:
            reason = str(problem)
        _read_anew(work, ticket)
        failed.append(Failed(order.text, reason))
    if not any(each.why for each in failed):
        failed[-1] = replace(failed[-1], why=why)
    return failed


def _read_anew(work: Work, ticket: Ticket) -> None:
    """What was undone is unread, and relations are not loaded by themselves."""
    work.db.refresh(ticket)
    work.db.refresh(ticket, ["queue", "owner"])


def _note(work: Work, ticket: Ticket, orders: Orders) -> int | None:
    """The commands that could not be done, as a comment, where the sender may comment."""
    if not may(work, ticket, Right.COMMENT_ON_TICKET):
        return None
    text = "\n".join(
        ["These commands came by mail and were not carried out:", *(o.text for o in orders.lines)]
    )
    return change_ticket(work, ticket, Comment(plain_message(text))).transactions[0].id


def _told(message: Message, orders: Orders, *, done: bool) -> Message:
    """With a remark for the staff about the lines, which stand in the message no more."""
    first = message.parts[0]
    remark = orders.remark if done else f"Not carried out. {orders.remark}"
    remark = ". ".join(filter(None, (first.remark.rstrip("."), remark)))
    return replace(message, parts=(replace(first, remark=remark), *message.parts[1:]))


def _zone(work: Work) -> tzinfo:
    sender = work.db.get(User, work.actor.user_id)
    try:
        return ZoneInfo(sender.timezone) if sender and sender.timezone else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
