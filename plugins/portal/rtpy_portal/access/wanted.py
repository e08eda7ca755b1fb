"""Links that are asked for by naming an address: noted at once, looked up later by the worker.

Asking does the same work whoever is meant, so that neither words nor times tell who is known here (A36, A43). A login
by such a link works once, for a quarter of an hour, and only with the address and the password of that moment.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from rtpy.config import Config
from rtpy.content.link_keys import is_link_key, link_key
from rtpy.errors import Refused
from rtpy.identity.login import Passed, network_of
from rtpy.identity.logins import How
from rtpy.identity.rates import hit
from rtpy.identity.sessions import hash_token
from rtpy.models import Principal, User
from rtpy.sealing import seal, unseal
from rtpy.work import Work
from rtpy_portal.models import WantedLink

PURPOSE = "portal: asked for a link"
GOOD_FOR = timedelta(minutes=15)
HOUR = 3600
BY_PEER = 20
"""Of one network in an hour, whomever they name."""
TO_PERSON = 5
"""Mails to one person in an hour; more are not written."""
AT_ONCE = 20
LONGEST = 320


class WantedKind(StrEnum):
    """What the link opens."""

    KEY = "key"
    """One request."""
    LOGIN = "login"
    """The account."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed: an address, and with it the number of a request, or where a login leads to."""

    kind: WantedKind
    address: str
    number: int = 0
    leads_to: str = ""


def want(work: Work, wanted: Wanted, peer: str) -> bool:
    """Note it for the worker; False when that was too often. The count must not be undone."""
    if hit(work.db, f"portal links from {network_of(peer)}", HOUR, work.now) > BY_PEER:
        return False
    asked = json.dumps([wanted.kind, wanted.address.strip()[:LONGEST], wanted.number, wanted.leads_to[:255]])
    sealed = seal(work.app.config, PURPOSE, asked)
    work.db.add(WantedLink(created=work.now, peer=peer[:64], asked=sealed))
    return True


def waiting_links(db: Session) -> list[int]:
    """Numbers of those that nobody has looked at."""
    unseen = select(WantedLink.id).where(WantedLink.asked != "").order_by(WantedLink.id)
    return list(db.scalars(unseen.limit(AT_ONCE)))


def take_wanted(work: Work, number: int) -> tuple[WantedLink, Wanted] | None:
    """A waiting one, which waits no more then; None when another worker was first."""
    row = work.db.get(WantedLink, number, with_for_update=True)
    if row is None or not row.asked:
        return None
    wanted = _read(work.app.config, row.asked)
    row.asked = ""
    if wanted is None:
        work.db.delete(row)
        return None
    return row, wanted


def may_be_mailed(work: Work, user: User) -> bool:
    """Is it not the sixth link within an hour?"""
    return hit(work.db, f"portal links to {user.id}", HOUR, work.now) <= TO_PERSON


def give_login(work: Work, row: WantedLink, user: User, leads_to: str) -> str:
    """The token by which this person logs in once; only its hash is kept."""
    token = link_key(secrets.token_bytes(32))
    row.user_id, row.token_hash, row.fingerprint = user.id, hash_token(token), _fingerprint(user)
    row.leads_to, row.expires = leads_to, work.now + GOOD_FOR
    return token


def find_login(db: Session, token: str, now: datetime) -> tuple[User, str] | None:
    """Who may log in by it, and where that leads; None when it is unknown, used, over, or the account has changed."""
    if not is_link_key(token):
        return None
    row = db.execute(
        select(WantedLink, User)
        .join(User, User.id == WantedLink.user_id)
        .join(Principal, Principal.id == User.id)
        .where(
            WantedLink.token_hash == hash_token(token),
            WantedLink.expires > now,
            Principal.disabled.is_(False),
            User.merged_into_id.is_(None),
        )
    ).one_or_none()
    if row is None or row[0].fingerprint != _fingerprint(row[1]):
        return None
    return row[1], row[0].leads_to


def use_login(work: Work, token: str) -> tuple[Passed, str] | None:
    """Use it up: who passed, and where to. All links of that person are used up with it. None as `find_login`."""
    found = find_login(work.db, token, work.now)
    if found is None:
        return None
    user, leads_to = found
    used = work.db.execute(
        delete(WantedLink).where(WantedLink.token_hash == hash_token(token)).returning(WantedLink.id)
    )
    if used.first() is None:  # another browser was first
        return None
    work.db.execute(delete(WantedLink).where(WantedLink.user_id == user.id))
    return Passed(user.id, user.name, None, (), work.now, None, How.LINK), leads_to


def sweep(db: Session, now: datetime) -> None:
    """Forget what is over, was nobody's, or could not be looked at for an hour."""
    is_over = and_(WantedLink.asked == "", or_(WantedLink.expires.is_(None), WantedLink.expires < now))
    db.execute(delete(WantedLink).where(or_(is_over, WantedLink.created < now - timedelta(seconds=HOUR))))


def _read(config: Config, sealed: str) -> Wanted | None:
    try:
        kind, address, number, leads_to = json.loads(unseal(config, PURPOSE, sealed))
        return Wanted(WantedKind(kind), str(address), int(number), str(leads_to))
    except (Refused, ValueError):
        return None


def _fingerprint(user: User) -> str:
    return sha256(f"{user.password_hash}\n{(user.email_address or '').lower()}".encode()).hexdigest()
