"""The chore that delivers: takes what is due with a lease, sends it, and writes down what became of it.

Each receiver has one delivery in hand at a time, so events come in order as long as none fails, and a dead receiver
holds up nobody else. Only sending is done in threads; a delivery is marked `sending` and committed before it goes
out. A worker that dies in between leaves one whose lease runs out: it goes again under the same id.
"""

import random
import time
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, update

from rtpy.app import App
from rtpy.db.leases import is_over, is_over_bound, latest_end
from rtpy.db.types import UtcDateTime
from rtpy.faults import reach
from rtpy.jobs.worker import Chore
from rtpy.mail.lease import is_dead, lease_owner
from rtpy.mail.outbox import is_held_as_restored
from rtpy.mail.restored import may_begin
from rtpy.models import Principal, User, Webhook, WebhookDelivery, WebhookState
from rtpy.outbound.allowed import read_allowed
from rtpy.webhooks.events import TEST
from rtpy.webhooks.outcome import settle, switch_off
from rtpy.webhooks.sending import Letter, Result, headers_of, send
from rtpy.webhooks.signing import mark_of, signatures
from rtpy.work import Work

LEASE = timedelta(minutes=5)
AT_ONCE = 4
"""Receivers that are talked to at the same time by one worker."""
ROUND = 3.0
"""Seconds after which a round takes nothing new, so that a worker that is to stop does so soon …"""
SLOW_ROUND = 12.0
"""… but while a slow receiver is waited for, the others go on for so long."""
LOOK_AGAIN = 0.25

InHand = dict[Future[Result], Letter]


def deliver_due(app: App) -> int:
    """Send what is due; returns how many deliveries were tried.

    From a database that was restored nothing goes out before a person lets mail go again (rule O13): it may have been
    sent before.
    """
    if not _anything_due(app) or not may_begin(app):
        return 0
    owner, began, tried = lease_owner(), time.monotonic(), 0
    config = app.config.webhooks
    allowed = read_allowed(config.allow)
    in_hand: InHand = {}
    done: list[tuple[Letter, Result]] = []
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        while True:
            passed = time.monotonic() - began
            may_take = passed < ROUND or (bool(in_hand) and passed < SLOW_ROUND)
            room = AT_ONCE - len(in_hand) if may_take else 0
            busy = {letter.webhook_id for letter in in_hand.values()}
            letters = _note_and_take(app, owner, done, room, busy)
            done = []
            for letter in letters:
                in_hand[pool.submit(copy_context().run, send, letter, allowed, config.seconds)] = letter
            tried += len(letters)
            if not in_hand:
                return tried
            ready, _ = wait(in_hand, timeout=LOOK_AGAIN if may_take else None, return_when=FIRST_COMPLETED)
            if ready:
                reach("webhook-sent")
            done = [(in_hand.pop(future), future.result()) for future in ready]


DELIVERING = Chore("webhooks", 1.0, deliver_due)


def _anything_due(app: App) -> bool:
    """Asked without taking the writer's turn; frees at once what a dead worker of this machine held."""
    with app.work(reading=True) as work:
        due = not is_held_as_restored(work.db) and work.db.scalar(_DUE, _at(work.now, [])) is not None
        dead = [owner for owner in work.db.scalars(_HELD) if is_dead(owner)]
    if dead:
        with app.work() as work:
            work.db.execute(
                update(WebhookDelivery)
                .where(WebhookDelivery.state == "sending", WebhookDelivery.lease_owner.in_(dead))
                .values(lease_until=work.now)
                .execution_options(synchronize_session=False)
            )
    return due or bool(dead)


def _note_and_take(
    app: App, owner: str, done: list[tuple[Letter, Result]], room: int, busy: Collection[int]
) -> list[Letter]:
    """In one transaction: note what became of the last ones, and take the next; at most `room`."""
    if not done and (not room or not _is_due_beside(app, busy)):
        return []
    try:
        with app.work() as work:
            for letter, result in done:
                _note(work, owner, letter, result)
            work.db.flush()
            taken: list[Letter] = []
            while len(taken) < room and not is_held_as_restored(work.db):
                letter_ = _take(work, owner, (*busy, *(each.webhook_id for each in taken)))
                if letter_ is None:
                    break
                taken.append(letter_)
        return taken
    except Exception:
        if done and room:
            _note_and_take(
                app, owner, done, 0, busy
            )  # what was sent must be noted, whatever is wrong with the next
        raise


def _is_due_beside(app: App, busy: Collection[int]) -> bool:
    with app.work(reading=True) as work:
        return work.db.scalar(_DUE, _at(work.now, busy)) is not None


def _note(work: Work, owner: str, letter: Letter, result: Result) -> None:
    row = work.db.scalar(
        select(WebhookDelivery).where(
            WebhookDelivery.id == letter.delivery_id,
            WebhookDelivery.state == "sending",
            WebhookDelivery.lease_owner == owner,
        )
    )
    if row is not None:
        settle(work, row, result, random.random())


def _take(work: Work, owner: str, busy: Collection[int]) -> Letter | None:
    """The next delivery of the receiver that waits longest for its turn."""
    passed: list[int] = []
    while True:
        number = work.db.scalar(
            _DUE.with_for_update(skip_locked=True, of=WebhookState),
            _at(work.now, [*busy, *passed]),
        )
        if number is None:
            return None
        # Asked anew now that its row is locked: another worker may just have let go of it.
        webhook = work.db.get_one(Webhook, number)
        row = _next_of(work, webhook)
        obstacle = _obstacle(work, webhook) if row is not None else ""
        if row is None or obstacle:
            passed.append(number)
            if row is not None and row.event == TEST:
                row.state, row.problem = "failed", obstacle
            continue
        row.state, row.attempts = "sending", row.attempts + 1
        row.lease_owner, row.lease_until, row.tried = owner, work.now + LEASE, work.now
        work.db.get_one(WebhookState, number).last_tried = work.now
        work.db.flush()  # the next question must not find it again
        return _letter(work, webhook, row)


def _letter(work: Work, webhook: Webhook, row: WebhookDelivery) -> Letter:
    body = row.body.encode("utf-8")
    signature = signatures(work.app, webhook, row.event_id, work.now, body)
    headers = headers_of(row.event_id, row.event, work.now, signature)
    return Letter(row.id, webhook.id, webhook.url, headers, body)


def _obstacle(work: Work, webhook: Webhook) -> str:
    """Why nothing can be meant to be sent any more that was noted for this one; it is switched off then."""
    problem = ""
    enabled = select(User.id).join(Principal, Principal.id == User.id)
    enabled = enabled.where(User.id == webhook.user_id, Principal.disabled.is_(False))
    if mark_of(work.app, webhook.nonce) != webhook.secret_mark:
        problem = "The site's own secret has changed, and with it this one: make a new secret."
    elif work.db.scalar(enabled) is None:
        problem = "The person with whose eyes it sees is switched off: choose another one."
    if problem:
        switch_off(work, webhook, problem)
    return problem


def _next_of(work: Work, webhook: Webhook) -> WebhookDelivery | None:
    """A test first, then what a dead worker had in hand, then what waits; none while one is in hand."""
    now, db = work.now, work.db
    over = is_over(WebhookDelivery.lease_until, now, LEASE)
    state = db.get_one(WebhookState, webhook.id)
    if db.scalar(select(_of(webhook.id, "sending", ~over).exists())):
        return None
    test = db.scalar(_first(_of(webhook.id, "test")))
    rests = state.paused_until is not None and state.paused_until > now
    if test is not None or webhook.disabled or rests:
        return test
    lost = _of(webhook.id, "sending", over)
    waiting = _of(webhook.id, "queued", WebhookDelivery.not_before <= now)
    return db.scalar(_first(lost)) or db.scalar(_first(waiting))


def _first(some: Select[WebhookDelivery]) -> Select[WebhookDelivery]:
    """The one whose turn it is, in the order of the index.

    Of one piece of work in the order of the history: what scrips do is noted before what made them do it.
    """
    return some.order_by(WebhookDelivery.not_before, WebhookDelivery.transaction_id).limit(1)


def _of(number: ColumnElement[int] | int, state: str, *more: ColumnElement[bool]) -> Select[WebhookDelivery]:
    return select(WebhookDelivery).where(
        WebhookDelivery.webhook_id == number, WebhookDelivery.state == state, *more
    )


def _due_webhooks() -> Select[int]:
    """Each webhook is asked about by an index that begins with it: its log may be long, and so may what waits."""
    number, now = WebhookState.webhook_id.expression, bindparam("now", type_=UtcDateTime())
    over = is_over_bound(WebhookDelivery.lease_until, now, bindparam("latest", type_=UtcDateTime()))
    rests = and_(WebhookState.paused_until.is_not(None), WebhookState.paused_until > now)
    goes = and_(Webhook.disabled.is_(False), ~rests)
    due = or_(
        _of(number, "queued", WebhookDelivery.not_before <= now).exists(),
        _of(number, "sending", over).exists(),
    )
    return (
        select(WebhookState.webhook_id)
        .join(Webhook, Webhook.id == WebhookState.webhook_id)
        .where(
            or_(and_(goes, due), _of(number, "test").exists()),
            ~_of(number, "sending", ~over).exists(),
            WebhookState.webhook_id.not_in(bindparam("busy", expanding=True)),
        )
        .order_by(WebhookState.last_tried, WebhookState.webhook_id)
        .limit(1)
    )


def _at(now: datetime, busy: Collection[int]) -> dict[str, object]:
    return {"now": now, "latest": latest_end(now, LEASE), "busy": list(busy)}


# Built once: they are asked every second.
_DUE = _due_webhooks()
_HELD = select(WebhookDelivery.lease_owner).where(WebhookDelivery.state == "sending").distinct()
