"""Files of a form that waits for one more click: kept for an hour, for the browser that sent them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, func, select

from rtpy.app import App
from rtpy.content.part import Part, PartRole
from rtpy.jobs.worker import Chore
from rtpy.work import Work
from rtpy_portal.models import HeldFile

KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Held:
    """What waits, as a form shows it."""

    name: str
    size: int


def new_secret() -> str:
    """For a form without files that wait yet."""
    return secrets.token_urlsafe(24)


def hold(work: Work, secret: str, browser: str, files: Sequence[Part]) -> None:
    """Keep these files beside those that wait already; `browser` is its own token, without which none is found."""
    key = _key(secret, browser)
    work.db.add_all(
        HeldFile(
            key=key,
            name=each.filename[:255],
            content_type=each.content_type[:127],
            size=len(each.data),
            data=each.data,
            created=work.now,
        )
        for each in files
    )
    work.db.flush()


def names_of(work: Work, secret: str, browser: str) -> list[Held]:
    """What waits, without its bytes. One query, none without a secret."""
    if not secret:
        return []
    rows = work.db.execute(
        select(HeldFile.name, HeldFile.size)
        .where(HeldFile.key == _key(secret, browser), HeldFile.created > work.now - KEPT)
        .order_by(HeldFile.id)
    )
    return [Held(row.name, row.size) for row in rows]


def take(work: Work, secret: str, browser: str) -> tuple[Part, ...]:
    """The files that wait; they wait no more. Two queries, none without a secret."""
    if not secret:
        return ()
    mine = HeldFile.key == _key(secret, browser)
    rows = work.db.scalars(
        select(HeldFile).where(mine, HeldFile.created > work.now - KEPT).order_by(HeldFile.id)
    ).all()
    parts = tuple(Part(row.content_type, row.data, PartRole.FILE, filename=row.name) for row in rows)
    work.db.execute(delete(HeldFile).where(mine))
    return parts


def forget_old(app: App) -> int:
    """Delete what has waited for more than an hour; how many files."""
    with app.work() as work:
        old = HeldFile.created <= work.now - KEPT
        number = work.db.scalar(select(func.count()).select_from(HeldFile).where(old)) or 0
        if number:
            work.db.execute(delete(HeldFile).where(old))
    return number


HELD_FILES = Chore("portal held files", 600, forget_old)


def _key(secret: str, browser: str) -> str:
    return sha256(f"{secret[:200]}:{browser}".encode("utf-8", "replace")).hexdigest()
