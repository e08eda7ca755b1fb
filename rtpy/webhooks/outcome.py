"""What becomes of a delivery and of its webhook after a try: when it is tried again, when all of it is given up."""

import logging
from datetime import timedelta

from sqlalchemy import or_, update

from rtpy.changes.configuring import note_configuration
from rtpy.models import Webhook, WebhookDelivery, WebhookState
from rtpy.outbound.target import NotAllowed, read_target
from rtpy.webhooks.events import TEST
from rtpy.webhooks.sending import Result
from rtpy.work import Work

log = logging.getLogger("rtpy.webhooks")

PAUSES = tuple(
    timedelta(seconds=each)
    for each in (10, 60, 300, 1800, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600, 24 * 3600)
)
"""After the first try, the second and so on: eleven tries in four days."""
JITTER = 0.2
FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(minutes=10)
ENOUGH_FAILURES = 10
ENOUGH_TIME = timedelta(days=3)
"""So many failures in a row over so long a time, and the webhook is switched off."""


def pause_after(attempts: int, chance: float) -> timedelta | None:
    """How long to wait after so many tries, ±20 %; None: no more. `chance` is between 0 and 1."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 - JITTER + 2 * JITTER * chance)


def settle(work: Work, row: WebhookDelivery, result: Result, chance: float) -> None:
    """Write down what became of the try. `row` is the caller's: its lease ends here."""
    webhook, state = work.db.get_one(Webhook, row.webhook_id), work.db.get_one(WebhookState, row.webhook_id)
    row.lease_owner, row.lease_until = "", None
    row.status_code, row.problem, row.answer = result.status, result.problem, result.answer
    row.duration, row.address = result.milliseconds, result.address
    state.last_tried = work.now
    log.info("webhook %s, delivery %s to %s: %s", webhook.id, row.id, _origin(webhook.url), _said(result))
    if result.is_good:
        row.state = "delivered"
        _praise(work, state)
        return
    if row.event == TEST:
        row.state = "failed"  # somebody is looking at it
        return
    state.consecutive_failures += 1
    state.failing_since = state.failing_since or work.now
    if result.is_down:
        state.paused_until = work.now + max(_rest(state.consecutive_failures), timedelta(seconds=result.wait))
    pause = pause_after(row.attempts, chance)
    if pause is None or result.is_gone:
        row.state = "failed"
    else:
        row.state, row.not_before = "queued", work.now + max(pause, timedelta(seconds=result.wait))
    if result.is_gone:
        switch_off(work, webhook, "The receiver answered 410 Gone: it wants nothing any more.")
    elif state.consecutive_failures >= ENOUGH_FAILURES and work.now - state.failing_since >= ENOUGH_TIME:
        days = (work.now - state.failing_since).days
        said = f"{state.consecutive_failures} tries in {days} days failed, the last one so: {result.problem}"
        switch_off(work, webhook, said)


def switch_off(work: Work, webhook: Webhook, reason: str) -> None:
    """No more deliveries until an administrator switches it on; noted as the system's change."""
    if webhook.disabled:
        return
    webhook.disabled, webhook.disabled_reason = True, reason[:500]
    before, after = {"disabled": "", "reason": ""}, {"disabled": "1", "reason": webhook.disabled_reason}
    note_configuration(work.as_system(), "webhook", webhook.id, webhook.name, before, after)
    log.warning("webhook %s is switched off: %s", webhook.id, reason)


def _praise(work: Work, state: WebhookState) -> None:
    """It works: what only waited for that goes at once."""
    if state.consecutive_failures:
        waiting = (
            WebhookDelivery.webhook_id == state.webhook_id,
            WebhookDelivery.state == "queued",
            WebhookDelivery.not_before > work.now,
            or_(
                WebhookDelivery.status_code.is_(None),
                WebhookDelivery.status_code >= 500,
                WebhookDelivery.status_code.in_((408, 429)),
            ),
        )
        work.db.execute(
            update(WebhookDelivery)
            .where(*waiting)
            .values(not_before=work.now)
            .execution_options(synchronize_session=False)
        )
    state.consecutive_failures, state.failing_since, state.paused_until = 0, None, None
    state.last_success = work.now


def _rest(failures: int) -> timedelta:
    """How long nothing at all is tried with a receiver that is down."""
    rest: timedelta = min(FIRST_REST * (1 << min(failures - 1, 10)), LONGEST_REST)
    return rest


def _origin(url: str) -> str:
    """What of the address may stand in a log: the rest may hold a key."""
    try:
        return read_target(url).origin
    except NotAllowed:
        return "an address that is none"


def _said(result: Result) -> str:
    return f"{result.status or 'no answer'} in {result.milliseconds} ms"
