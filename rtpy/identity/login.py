"""Logging in with a name and a password: who it is, how often one may try, and what happens on success."""

import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import bindparam, exists, func, literal, select, true, union_all, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.identity.directories.admitting import admit, may_fall_back
from rtpy.identity.directories.directory import DirectoryUnreachable
from rtpy.identity.logins import How
from rtpy.identity.passwords import hash_password, needs_rehash, verify_password
from rtpy.identity.rates import hit
from rtpy.identity.sessions import start_session
from rtpy.models import DirectoryPerson, Principal, RateCounter, User, UserAddress, UserDirectory

log = logging.getLogger("rtpy.login")


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in so many seconds."""

    attempts: int
    seconds: int


PEER = Limit(100, 900)
"""From one address, on whatever account."""
ACCOUNT_AND_PEER = Limit(10, 900)
"""On one account from one address: a stranger's attempts are his own, they lock nobody out."""
ACCOUNT = Limit(100, 3600)
"""On one account from everywhere. A browser that was logged in before is not counted here."""
DEVICE = Limit(20, 900)
"""On one account from a browser that was logged in before."""


class LoginFailed(Refused):
    """Unknown name, wrong password, disabled: one sentence for all of them."""


class DirectoryAway(LoginFailed):
    """The directory that would know does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "The directory cannot be reached, so passwords cannot be checked there just now. "
            "Please try again in a few minutes."
        )


class TooManyLogins(Refused):
    """Too many attempts; `wait` seconds until the next one."""

    def __init__(self, wait: int) -> None:
        minutes = max(1, -(-wait // 60))
        unit = "minute" if minutes == 1 else "minutes"
        super().__init__(f"Too many attempts to log in. Please wait {minutes} {unit} and try again.")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody proved who they are. `password_hash` is a better hash to store than `stored`, if there is one."""

    user_id: int
    name: str
    password_hash: str | None
    counted: tuple[tuple[str, Limit], ...]
    at: datetime
    stored: str | None
    how: How = How.PASSWORD


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a name or an address means; enabled."""

    user_id: int
    name: str
    password_hash: str | None
    is_linked: bool = False
    """A directory keeps the password."""


def check_login(app: App, name: str, password: str, *, peer: str, device: str = "") -> Passed:
    """Who `name` (a user name or any mail address of theirs) is, if the password fits and the user is enabled.

    Raises LoginFailed, or TooManyLogins before any password is looked at. `peer` is the address of the client,
    `device` the value of the device cookie. Uses short transactions of its own: hashing holds up nobody's writes,
    and an attempt counts even when all else fails.
    """
    account, has_directories = _look_for(app, name)
    return check_account(
        app, name, account, password, peer=peer, device=device, ask_directories=has_directories
    )


def check_account(
    app: App,
    name: str,
    account: Account | None,
    password: str,
    *,
    peer: str,
    device: str = "",
    ask_directories: bool = True,
) -> Passed:
    """The same for who has found the account that `name` means, or none.

    The password of a linked account is known to its directory alone, that of an unknown name or of an account without
    a password may be; a local account with one never depends on any. Raises DirectoryAway too.
    """
    now = app.clock.now()
    known = account is not None and device_nonce(app, account.user_id, account.password_hash, device)
    counted = _limits(name, account, network_of(peer), known or "")
    count_attempt(app, counted, now)
    stored = account.password_hash if account else None
    if ask_directories and (account is None or account.is_linked or stored is None):
        linked_id = account.user_id if account is not None and account.is_linked else None
        try:
            admitted = admit(app, linked_id, name, password)
        except DirectoryUnreachable:
            if linked_id is None or not may_fall_back(app, linked_id):
                raise DirectoryAway from None
        else:
            if admitted is not None:
                user_id, hashed = admitted.user_id, admitted.password_hash
                return Passed(user_id, admitted.name, None, counted, now, hashed, How.DIRECTORY)
            stored = None
    elif account is not None and account.is_linked:
        stored = None  # a wrong password takes the time that it takes anywhere
    if not verify_password(password, stored) or account is None:
        log.warning("login failed: user %s, from %s", account.user_id if account else "unknown", peer)
        raise LoginFailed("This user name and password do not fit together. Please check both and try again.")
    better = hash_password(password) if needs_rehash(stored or "") else None
    return Passed(account.user_id, account.name, better, counted, now, stored)


def accept_login(db: Session, passed: Passed, *, days: int, peer: str, user_agent: str) -> str:
    """Begin a session for who passed, and forget this attempt; returns the token for the cookie."""
    accept_password(db, passed)
    log.info("login: user %s, from %s", passed.user_id, peer)
    return start_session(db, passed.user_id, now=passed.at, days=days, peer=peer, user_agent=user_agent)


def accept_password(db: Session, passed: Passed) -> None:
    """Store the better hash if there is one, and forget this attempt."""
    if passed.password_hash is not None:
        # only in the place of the one that was looked at: somebody may have changed the password meanwhile
        same = (User.id == passed.user_id, User.password_hash == passed.stored)
        db.connection().execute(update(User).where(*same).values(password_hash=passed.password_hash))
    for key, limit in passed.counted:
        window = int(passed.at.timestamp()) // limit.seconds * limit.seconds
        this = (RateCounter.key == key, RateCounter.window == window, RateCounter.hits > 0)
        db.connection().execute(update(RateCounter).where(*this).values(hits=RateCounter.hits - 1))


def make_device(app: App, user_id: int, password_hash: str | None) -> str:
    """A value for the device cookie: this browser was logged in as `user_id` with its present password."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_sign_device(app, user_id, password_hash, nonce)}"


def device_nonce(app: App, user_id: int, password_hash: str | None, device: str) -> str:
    """What tells this device from others, if the cookie is a good one for this user; else empty."""
    nonce, _, signature = device[:200].partition(".")
    good = _sign_device(app, user_id, password_hash, nonce)
    return nonce if nonce and hmac.compare_digest(signature.encode(), good.encode()) else ""


def _sign_device(app: App, user_id: int, password_hash: str | None, nonce: str) -> str:
    text = f"device {user_id} {password_hash or ''} {nonce}"
    return sign(app, text)


def sign(app: App, text: str) -> str:
    """HMAC-SHA-256 of `text` with the site's secret, in hex; the text begins with what it is for."""
    key: bytes | None = app.caches.get("secret_key")
    if key is None:
        key = app.caches["secret_key"] = bytes.fromhex(app.config.secret_key())
    return hmac.new(key, text.encode("utf-8", "replace"), "sha256").hexdigest()


def find_account(app: App, name: str) -> Account | None:
    """Whom a login name or an address means, enabled; None when nobody. One query, also of what is no name."""
    return _look_for(app, name)[0]


def _look_for(app: App, name: str) -> tuple[Account | None, bool]:
    """The account, and whether any directory lets people in. One query, the same for everybody."""
    with app.reading_sessions() as db:
        row = db.connection().execute(_ACCOUNT, {"wanted": folded_name(name)}).one()
    return (Account(*row[:4]) if row.id is not None else None), row.has_directories


def folded_name(name: str) -> str:
    """As accounts are looked for; of what nobody can be called it is what nobody is called, and is asked for too."""
    wanted = name.strip().lower()
    return wanted if wanted and len(wanted) <= 320 and "\x00" not in wanted else "\x7f"


# A name goes before an address. A union, not ORs: PostgreSQL would read every user.
_named = union_all(
    select(User.id.label("id"), literal(0).label("rank")).where(func.lower(User.name) == bindparam("wanted")),
    select(User.id, literal(1)).where(func.lower(User.email_address) == bindparam("wanted")),
    select(UserAddress.user_id, literal(2)).where(UserAddress.address == bindparam("wanted")),
).subquery("named")
_account = (
    select(
        User.id,
        User.name,
        User.password_hash,
        exists().where(DirectoryPerson.user_id == User.id).label("is_linked"),
    )
    .join(_named, _named.c.id == User.id)
    .join(Principal, Principal.id == User.id)
    .where(Principal.disabled.is_(False))
    .order_by(_named.c.rank)
    .limit(1)
    .subquery("account")
)
_directories = select(exists().where(UserDirectory.disabled.is_(False)).label("has_directories")).subquery(
    "directories_there"
)
_ACCOUNT = select(_account, _directories.c.has_directories).select_from(
    _directories.outerjoin(_account, true())
)


def _limits(name: str, account: Account | None, network: str, device: str) -> tuple[tuple[str, Limit], ...]:
    """The counters of one attempt, the narrowest first."""
    # People type passwords into the field for the name: an unknown one is never stored as it was typed.
    who = (
        str(account.user_id)
        if account
        else sha256(name.strip().lower().encode("utf-8", "replace")).hexdigest()[:24]
    )
    if device:
        return ((f"login:device:{who}:{device[:32]}", DEVICE),)
    return (
        (f"login:peer:{network}", PEER),
        (f"login:account:{who}:{network}", ACCOUNT_AND_PEER),
        (f"login:account:{who}", ACCOUNT),
    )


def count_attempt(app: App, counted: tuple[tuple[str, Limit], ...], now: datetime) -> None:
    """Count one attempt in each counter, in a short transaction of its own; raises TooManyLogins.

    Who is stopped by a narrow limit is not counted in a wider one, so fills up none.
    """
    with app.sessions() as db:
        for key, limit in counted:
            exceeded = hit(db, key, limit.seconds, now) > limit.attempts
            if exceeded:
                break
        db.commit()
    if exceeded:
        log.warning("login refused: too many attempts (%s)", key)
        raise TooManyLogins(limit.seconds - int(now.timestamp()) % limit.seconds)


def network_of(peer: str) -> str:
    """The address to count by: of IPv6 the /64, since a customer line has 2^64 of them."""
    try:
        address = ip_address(peer)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network(f"{address}/64", strict=False))
    return str(address)
