"""Saving webhooks: read from what somebody gave, checked, and noted in the log of configuration without secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import aliased

from rtpy.changes.accounts import is_privileged
from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.people import find_person
from rtpy.changes.ticket.create import one_line
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Principal, User, Webhook, WebhookDelivery, WebhookState
from rtpy.outbound.allowed import read_allowed
from rtpy.outbound.target import NotAllowed, judge_early, read_target
from rtpy.rights.names import Right
from rtpy.search.selection import query_problem
from rtpy.webhooks.body import test_body
from rtpy.webhooks.events import TEST, brought_events, event_named, events_of
from rtpy.webhooks.signing import BOTH_SIGN, mark_of, new_nonce, secret_of
from rtpy.work import Actor, Face, Work

KIND = "webhook"
ALLOW = "webhooks.allow"


@dataclass(frozen=True, slots=True)
class WebhookValues:
    """What a webhook is to be, read and right."""

    name: str
    url: str
    events: tuple[str, ...]
    query: str
    user: User
    comments: bool
    skip_own: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """The webhook, and its secret when there is a new one: it is shown this once."""

    webhook: Webhook
    secret: str = ""


def read_webhook(work: Work, values: Mapping[str, str]) -> WebhookValues:
    """Fields: name, url, events (names between commas, ours or RT's), query, user, comments, skip_own, disabled.

    Raises Invalid with every problem.
    """
    problems: list[Problem] = []
    name = one_line(values.get("name", ""))
    if not name:
        problems.append(Problem("name", "Give it a name."))
    url = values.get("url", "").strip()
    try:
        judge_early(read_target(url), read_allowed(work.app.config.webhooks.allow))
    except NotAllowed as wrong:
        problems.append(Problem("url", f"{wrong} What else is allowed stands in the option {ALLOW}."))
    keys: set[str] = set()
    for each in filter(None, (each.strip() for each in values.get("events", "").split(","))):
        found = event_named(each, brought_events(work.app))
        keys |= found
        if not found:
            problems.append(Problem("events", f"There is no event “{each[:40]}”."))
    if not keys and not any(problem.field == "events" for problem in problems):
        problems.append(Problem("events", "Choose what it is to be told of."))
    user = _eyes(work, values.get("user", "").strip(), problems)
    query = values.get("query", "").strip()
    if user is not None:
        reader = work.as_actor(Actor(user.id, user.name, Face.SYSTEM))
        if wrong_query := query_problem(reader, query):
            problems.append(Problem("query", wrong_query))
    if problems or user is None:
        raise Invalid(*problems)
    events = tuple(event.key for event in events_of(work.app) if event.key in keys)
    return WebhookValues(
        name,
        url,
        events,
        query,
        user,
        values.get("comments") == "1",
        values.get("skip_own") == "1",
        values.get("disabled") == "1",
    )


def save_webhook(work: Work, row: Webhook | None, values: Mapping[str, str]) -> Saved:
    """Make a webhook, or change this one. Needs SuperUser.

    A new one gets a secret; and so does one whose address leads to another server, which must never see anything
    signed with the old one. Raises Invalid with every problem, or Refused.
    """
    need_system(work, Right.SUPER_USER)
    given = read_webhook(work, values)
    twin = work.db.scalar(select(Webhook.id).where(func.lower(Webhook.name) == given.name.lower()))
    if twin is not None and (row is None or twin != row.id):
        raise Invalid(Problem("name", "There is a webhook of this name: choose another one."))
    before = None if row is None else plain_webhook(work, row)
    secret = ""
    if row is None:
        row = Webhook(created=work.now)
        secret = _give_secret(work, row)
        work.db.add(row)
    elif _origin(row.url) != _origin(given.url):
        secret = _give_secret(work, row)
    was_off = bool(row.disabled)
    row.name, row.url, row.events, row.query = given.name, given.url, list(given.events), given.query
    row.user_id, row.comments, row.skip_own = given.user.id, given.comments, given.skip_own
    row.disabled, row.disabled_reason = given.disabled, ""
    work.db.flush()  # the log and the state name it by its id
    _begin_anew(work, row, was_off=was_off)
    note_configuration(work, KIND, row.id, row.name, before, plain_webhook(work, row))
    return Saved(row, secret)


def renew_secret(work: Work, row: Webhook) -> Saved:
    """A new secret; for a day the old one signs as well. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    old, mark = row.nonce, row.secret_mark
    secret = _give_secret(work, row)
    if mark_of(work.app, old) == mark:  # else the site's own secret has changed, and it was another one
        row.old_nonce, row.old_until = old, work.now + BOTH_SIGN
    note_configuration(work, KIND, row.id, row.name, {"secret_mark": mark}, {"secret_mark": row.secret_mark})
    return Saved(row, secret)


def delete_webhook(work: Work, row: Webhook) -> None:
    """Delete it with its log; what waits is not sent. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    note_configuration(work, KIND, row.id, row.name, plain_webhook(work, row), None)
    work.db.delete(row)
    work.db.flush()


def send_test(work: Work, row: Webhook) -> WebhookDelivery:
    """Note a test, which the worker sends within seconds, once, also while the webhook is switched off."""
    need_system(work, Right.SUPER_USER)
    event_id = str(uuid4())
    delivery = WebhookDelivery(
        webhook_id=row.id,
        event_id=event_id,
        event=TEST,
        body=test_body(work, event_id),
        created=work.now,
        state="test",
        not_before=work.now,
    )
    work.db.add(delivery)
    work.db.flush()
    return delivery


def send_again(work: Work, deliveries: Sequence[WebhookDelivery]) -> int:
    """Note the same events once more, under the same ids, so that a receiver knows what it has; says how many."""
    need_system(work, Right.SUPER_USER)
    for each in deliveries:
        webhook = work.db.get_one(Webhook, each.webhook_id)
        if webhook.disabled and each.event != TEST:
            raise Refused("This webhook is switched off: switch it on first.")
        if each.state in ("queued", "test", "sending"):
            each.not_before = min(each.not_before, work.now)
            continue
        work.db.add(
            WebhookDelivery(
                webhook_id=each.webhook_id,
                event_id=each.event_id,
                event=each.event,
                ticket_id=each.ticket_id,
                transaction_id=each.transaction_id,
                body=each.body,
                state="test" if each.event == TEST else "queued",
                created=work.now,
                not_before=work.now,
            )
        )
    work.db.flush()
    return len(deliveries)


def lost(work: Work, row: Webhook, *, most: int) -> Sequence[WebhookDelivery]:
    """What failed for good and was not sent again since, oldest first."""
    return work.db.scalars(_lost(row).order_by(WebhookDelivery.id).limit(most)).all()


def count_lost(work: Work, row: Webhook) -> int:
    """How many these are."""
    return work.db.scalar(select(func.count()).select_from(_lost(row).subquery())) or 0


def plain_webhook(work: Work, row: Webhook) -> dict[str, str]:
    """All that makes it up, as `save_webhook` reads it, and by what its secret is known; never the secret."""
    user = work.db.get(User, row.user_id)
    return {
        "name": row.name,
        "url": row.url,
        "events": ", ".join(row.events),
        "query": row.query,
        "user": user.name if user else "",
        "comments": "1" if row.comments else "",
        "skip_own": "1" if row.skip_own else "",
        "disabled": "1" if row.disabled else "",
        "secret_mark": row.secret_mark,
    }


def _eyes(work: Work, given: str, problems: list[Problem]) -> User | None:
    found = find_person(work.db, given) if given else None
    if found is None:
        said = f"There is nobody named “{given[:80]}”." if given else "Say with whose eyes it is to see."
    elif work.db.get_one(Principal, found.id).disabled:
        said = f"{found.display_name} is switched off."
    elif not is_privileged(work, found.id):
        said = f"{found.display_name} is a customer: choose somebody of your staff."
    else:
        return found
    problems.append(Problem("user", said))
    return None


_later = aliased(WebhookDelivery)


def _lost(row: Webhook) -> Select[WebhookDelivery]:
    again = exists().where(
        _later.webhook_id == row.id,
        _later.event_id == WebhookDelivery.event_id,
        _later.id > WebhookDelivery.id,
    )
    return select(WebhookDelivery).where(
        WebhookDelivery.webhook_id == row.id,
        WebhookDelivery.state == "failed",
        WebhookDelivery.event != TEST,
        ~again,
    )


def _give_secret(work: Work, row: Webhook) -> str:
    row.nonce, row.old_nonce, row.old_until = new_nonce(), "", None
    row.secret_mark = mark_of(work.app, row.nonce)
    return secret_of(work.app, row.nonce)


def _origin(url: str) -> str:
    try:
        return read_target(url).origin
    except NotAllowed:
        return ""


def _begin_anew(work: Work, row: Webhook, *, was_off: bool) -> None:
    """Whoever saves it means it to be tried now; what waited while it was off goes at once."""
    state = work.db.get(WebhookState, row.id)
    if state is None:
        work.db.add(WebhookState(webhook_id=row.id, last_tried=work.now))
        work.db.flush()
        return
    state.problem = ""
    state.consecutive_failures, state.failing_since, state.paused_until = 0, None, None
    if was_off and not row.disabled:
        work.db.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.webhook_id == row.id, WebhookDelivery.state == "queued")
            .values(not_before=work.now)
            .execution_options(synchronize_session=False)
        )
