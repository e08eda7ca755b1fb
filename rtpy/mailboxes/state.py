"""The moves of a mailbox between fetches: who has it in hand, what it has looked at, and how it went.

Each is a transaction of its own, so that a fetch which dies leaves what it has done.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update

from rtpy.app import App
from rtpy.db.base import table_of
from rtpy.db.leases import has_ended
from rtpy.mail.lease import is_dead, lease_owner
from rtpy.mailboxes.settings import REFRESH_TOKEN, Settings, settings_of
from rtpy.models import Mailbox, MailboxMessage, MailboxState, Queue
from rtpy.sealing import seal

LEASE = timedelta(minutes=10)
"""From one batch to the next."""
MOST_REFUSALS = 3
"""Refused logins in a row after which a person has to look."""
LONGEST_PAUSE = timedelta(hours=1)

_STATES = table_of(MailboxState)


@dataclass(frozen=True, slots=True)
class Run:
    """One fetch in hand: how to get in, where mails go, and up to which UID all were looked at (None: none yet)."""

    settings: Settings
    owner: str
    queue: str
    action: str
    pause: timedelta
    place: str
    uid_validity: int | None
    last_uid: int


def due_mailboxes(app: App) -> list[int]:
    """Mailboxes whose time has come, or of which somebody asked for a test; none that is in hand."""
    with app.work(reading=True) as work:
        wanted = or_(
            and_(
                Mailbox.disabled.is_(False),
                MailboxState.next_fetch <= work.now,
                MailboxState.login_refusals < MOST_REFUSALS,
            ),
            MailboxState.test_asked.is_not(None),
        )
        rows = work.db.execute(
            select(MailboxState.mailbox_id, MailboxState.lease_owner, MailboxState.lease_until)
            .join(Mailbox, Mailbox.id == MailboxState.mailbox_id)
            .where(wanted)
            .order_by(MailboxState.next_fetch)
        )
        return [row.mailbox_id for row in rows if _is_free(row.lease_owner, row.lease_until, work.now)]


def take(app: App, mailbox_id: int) -> Run | None:
    """Take a mailbox in hand; None when somebody else was quicker or it is gone. Raises Refused (sealed elsewhere)."""
    owner = lease_owner()
    with app.work() as work:
        row = work.db.execute(
            select(Mailbox, MailboxState, Queue.name)
            .join(MailboxState, MailboxState.mailbox_id == Mailbox.id)
            .join(Queue, Queue.id == Mailbox.queue_id)
            .where(Mailbox.id == mailbox_id)
            .with_for_update(of=MailboxState)
        ).one_or_none()
        if row is None or not _is_free(row[1].lease_owner, row[1].lease_until, work.now):
            return None
        mailbox, state, queue = row
        state.lease_owner, state.lease_until, state.last_tried = owner, work.now + LEASE, work.now
        settings = settings_of(app.config, mailbox)
        return Run(
            settings,
            owner,
            queue,
            mailbox.action,
            timedelta(seconds=mailbox.seconds),
            settings.place,
            state.uid_validity if state.place == settings.place else None,
            state.last_uid,
        )


def wants_test(app: App, mailbox_id: int) -> bool:
    """Did somebody ask for a test?"""
    with app.work(reading=True) as work:
        state = work.db.get(MailboxState, mailbox_id)
        return state is not None and state.test_asked is not None


def known_sizes(app: App, run: Run, uid_validity: int, uids: Collection[int]) -> dict[int, int]:
    """Which of these mails were taken already, with their sizes."""
    with app.work(reading=True) as work:
        rows = work.db.execute(
            select(MailboxMessage.uid, MailboxMessage.size).where(
                MailboxMessage.mailbox_id == run.settings.mailbox_id,
                MailboxMessage.place == run.place,
                MailboxMessage.uid_validity == uid_validity,
                MailboxMessage.uid.in_(uids),
            )
        )
        return {row.uid: row.size for row in rows}


def note_batch(app: App, run: Run, *, taken: int, refused: int) -> bool:
    """Count what a batch brought and keep the lease; False when it is somebody else's by now."""
    return _write(
        app,
        run,
        lease_until=app.clock.now() + LEASE,
        taken=_STATES.c.taken + taken,
        refused=_STATES.c.refused + refused,
    )


def note_good(app: App, run: Run, *, uid_validity: int, last_uid: int) -> None:
    """A fetch came to its end: all mails up to `last_uid` were looked at."""
    now = app.clock.now()
    _write(
        app,
        run,
        **_AT_REST,
        place=run.place,
        uid_validity=uid_validity,
        last_uid=last_uid,
        next_fetch=now + run.pause,
        last_good=now,
        problem="",
        failures=0,
        login_refusals=0,
    )


def note_failure(app: App, run: Run, problem: str, *, is_login: bool) -> None:
    """A fetch failed: the next one comes later and later; after some refused logins none does until somebody looks."""
    with app.work(reading=True) as work:
        state = work.db.get(MailboxState, run.settings.mailbox_id)
        failures = state.failures if state else 0
    pause = min(run.pause * 2 ** min(failures, 10), max(LONGEST_PAUSE, run.pause))
    _write(
        app,
        run,
        **_AT_REST,
        next_fetch=app.clock.now() + pause,
        problem=problem[:1000],
        failures=_STATES.c.failures + 1,
        login_refusals=_STATES.c.login_refusals + 1 if is_login else 0,
    )


def note_test(app: App, run: Run, result: str, *, failed: bool) -> None:
    """What a test found. One that succeeds lets a mailbox go on that had been stopped."""
    now = app.clock.now()
    good = {} if failed else {"login_refusals": 0, "failures": 0}
    _write(
        app,
        run,
        **_AT_REST,
        **good,
        test_asked=None,
        test_done=now,
        test_result=result[:1000],
        test_failed=failed,
    )


def keep_refresh_token(app: App, run: Run, token: str) -> None:
    """The provider has replaced the refresh token: the old one may be worth nothing any more."""
    with app.work() as work:
        work.db.execute(
            update(Mailbox)
            .where(Mailbox.id == run.settings.mailbox_id, Mailbox.client_id == _client_id(run))
            .values(sealed_refresh_token=seal(app.config, REFRESH_TOKEN, token))
        )


_AT_REST: dict[str, object] = {"lease_owner": "", "lease_until": None}


def _client_id(run: Run) -> str:
    return run.settings.token.client_id if run.settings.token else ""


def _is_free(owner: str, until: datetime | None, now: datetime) -> bool:
    return not owner or has_ended(until, now, LEASE) or is_dead(owner)


def _write(app: App, run: Run, **values: object) -> bool:
    with app.work() as work:
        mine = (_STATES.c.mailbox_id == run.settings.mailbox_id, _STATES.c.lease_owner == run.owner)
        return bool(work.db.connection().execute(update(_STATES).where(*mine).values(**values)).rowcount)


def note_unusable(app: App, mailbox_id: int, problem: str) -> None:
    """Its secrets cannot be opened: nothing is tried until somebody enters them again."""
    with app.work() as work:
        work.db.execute(
            update(_STATES)
            .where(_STATES.c.mailbox_id == mailbox_id)
            .values(
                **_AT_REST,
                next_fetch=work.now + LONGEST_PAUSE,
                problem=problem,
                test_asked=None,
                test_done=work.now,
                test_result=problem,
                test_failed=True,
            )
        )
