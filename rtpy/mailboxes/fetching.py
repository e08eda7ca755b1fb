"""One fetch of one mailbox: its mails go through the ordinary intake, and are marked only after that has stored them.

Rule I6: the row that says “this UID is taken” is written in the transaction that stores the bytes. Whenever the
process dies, a mail is either not stored and still waits in the folder, or known, and then is only marked.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import delete
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import RtpyError
from rtpy.faults import reach
from rtpy.jobs.certificates import note_certificate
from rtpy.mail.intake import Answer, AnswerKind, refuse_oversized, take_in
from rtpy.mail.spool import KEPT_OF_OVERSIZED
from rtpy.mailboxes import state
from rtpy.mailboxes.imap import Folder, open_folder
from rtpy.mailboxes.state import Run
from rtpy.mailboxes.tokens import access_token, forget_token
from rtpy.mailboxes.trouble import LoginRefused, Trouble
from rtpy.models import MailboxMessage

log = logging.getLogger("rtpy.mailboxes")

BATCH = 50
"""Mails that are looked at and marked together."""
TOGETHER = 8 * 1024 * 1024
"""Bytes that are read at once, unless a single mail is larger."""


@dataclass(slots=True)
class _Counts:
    taken: int = 0
    refused: int = 0


class _NotOurs(Exception):
    """The lease ran out and somebody else has the mailbox in hand."""


def fetch_mailbox(app: App, mailbox_id: int) -> int:
    """Fetch one mailbox now, in this thread; how many mails it brought. Never raises for what a server does."""
    run = _take(app, mailbox_id)
    if run is None:
        return 0
    try:
        return _fetch(app, run)
    except _NotOurs:
        log.warning("%s: another worker has taken over", run.settings.name)
    except LoginRefused as refused:
        forget_token(app, mailbox_id)
        _fail(app, run, str(refused), is_login=True)
    except (Trouble, RtpyError) as trouble:
        _fail(app, run, str(trouble))
    except Exception as error:
        log.exception("%s: the fetch failed", run.settings.name)
        _fail(app, run, f"The fetch failed: {type(error).__name__}: {error}")
    return 0


def look_into(app: App, mailbox_id: int) -> None:
    """What a test does: connect, log in, open the folder, count; the result goes where the page shows it."""
    run = _take(app, mailbox_id)
    if run is None:
        return
    settings = run.settings
    try:
        with open_folder(settings, _token(app, run), longest=90) as folder:
            last = run.last_uid if run.uid_validity == folder.validity else None
            waiting = len(folder.waiting(last))
            mails = "one mail" if folder.exists == 1 else f"{folder.exists:,} mails"
            result = f"It works: “{settings.folder}” holds {mails}, {waiting:,} of them to be taken."
            if folder.is_read_only:
                result = f"The folder “{settings.folder}” may only be read: taken mails could not be marked."
            state.note_test(app, run, result, failed=folder.is_read_only)
    except (Trouble, RtpyError) as trouble:
        forget_token(app, mailbox_id)
        state.note_test(app, run, str(trouble), failed=True)
    except Exception as error:
        log.exception("%s: the test failed", settings.name)
        state.note_test(app, run, f"The test failed: {type(error).__name__}: {error}", failed=True)


def _take(app: App, mailbox_id: int) -> Run | None:
    try:
        return state.take(app, mailbox_id)
    except RtpyError as sealed:
        state.note_unusable(app, mailbox_id, str(sealed))
        return None


def _fail(app: App, run: Run, problem: str, *, is_login: bool = False) -> None:
    log.warning("%s: %s", run.settings.name, problem)
    state.note_failure(app, run, problem, is_login=is_login)


def _token(app: App, run: Run) -> str:
    return access_token(
        app, run.settings, keep_refresh=lambda token: state.keep_refresh_token(app, run, token)
    )


def _fetch(app: App, run: Run) -> int:
    taken = 0
    note = partial(note_certificate, app, "fetching mail")
    with open_folder(run.settings, _token(app, run), note=note) as folder:
        if folder.is_read_only:
            raise Trouble(f"The folder “{run.settings.folder}” may only be read: mails could not be marked.")
        folder.make_target()
        last = run.last_uid if run.uid_validity == folder.validity else None
        waiting = folder.waiting(last)
        for first in range(0, len(waiting), BATCH):
            taken += _take_batch(app, run, folder, waiting[first : first + BATCH])
        mark = max((folder.next_uid - 1, last or 0, *waiting))
        state.note_good(app, run, uid_validity=folder.validity, last_uid=mark)
    return taken


def _take_batch(app: App, run: Run, folder: Folder, uids: Sequence[int]) -> int:
    sizes = folder.sizes(uids)
    known = state.known_sizes(app, run, folder.validity, uids)
    # Same number, another size: the server has begun to count anew without saying so.
    there = [uid for uid in uids if uid in sizes]
    handled = [uid for uid in there if known.get(uid) == sizes[uid]]
    fresh = [uid for uid in there if known.get(uid) != sizes[uid]]
    batch = _Counts()
    try:
        for uid, answer in _take_each(app, run, folder, fresh, sizes):
            if answer.kind is AnswerKind.TEMPORARY:
                # Nothing about the mail is at fault: the next one would fare no better.
                raise Trouble(f"Mails stay in the folder for now: {answer.text}.")
            handled.append(uid)
            batch.refused += answer.kind is AnswerKind.NOT_OK
            batch.taken += answer.kind is AnswerKind.OK
    finally:
        # Also when the rest must wait: what is stored is not to be read again.
        if handled:
            reach("mailbox-before-marks")
            folder.finish(handled)
            reach("mailbox-after-marks")
    if not state.note_batch(app, run, taken=batch.taken, refused=batch.refused):
        raise _NotOurs
    return batch.taken


def _take_each(
    app: App, run: Run, folder: Folder, uids: Sequence[int], sizes: Mapping[int, int]
) -> Iterator[tuple[int, Answer]]:
    settings, limit = run.settings, app.config.mail.max_size
    for group in _groups(uids, sizes, limit):
        if sizes[group[0]] > limit:
            head = folder.beginning(group[0], KEPT_OF_OVERSIZED)
            note = _note(app, run, folder, group[0], sizes[group[0]])
            yield (
                group[0],
                refuse_oversized(
                    app,
                    head,
                    sizes[group[0]],
                    queue=run.queue,
                    action=run.action,
                    peer=settings.address[:255],
                    beside=note,
                ),
            )
            continue
        for uid, raw in sorted(folder.read(group).items()):
            if uid not in sizes:
                continue  # nobody asked for it
            yield (
                uid,
                take_in(
                    app,
                    raw,
                    queue=run.queue,
                    action=run.action,
                    peer=settings.address[:255],
                    transport={"mailbox": settings.name, "uid": f"{folder.validity}/{uid}"},
                    beside=_note(app, run, folder, uid, sizes[uid]),
                ),
            )


def _groups(uids: Sequence[int], sizes: Mapping[int, int], limit: int) -> Iterator[list[int]]:
    """Mails that are read at once, in order; one that is too large stands alone."""
    group: list[int] = []
    held = 0
    for uid in uids:
        alone = sizes[uid] > limit
        if group and (alone or held + sizes[uid] > TOGETHER):
            yield group
            group, held = [], 0
        group.append(uid)
        held += sizes[uid]
        if alone:
            yield group
            group, held = [], 0
    if group:
        yield group


def _note(app: App, run: Run, folder: Folder, uid: int, size: int) -> Callable[[Session, int], None]:
    """Writes down that a mail is taken, in the transaction that stores it."""
    key = {
        "mailbox_id": run.settings.mailbox_id,
        "place": run.place,
        "uid_validity": folder.validity,
        "uid": uid,
    }

    def write(db: Session, mail_id: int) -> None:
        db.execute(delete(MailboxMessage).filter_by(**key))
        db.add(MailboxMessage(**key, size=size, mail_id=mail_id, taken=app.clock.now()))

    return write
