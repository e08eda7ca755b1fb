"""How much may be asked: by one person, from one network address, for one mail address, by all without a login."""

from collections.abc import Iterator
from hashlib import sha256

from rtpy.identity.login import network_of
from rtpy.identity.rates import hit
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.asking.settings import PER_HOUR

HOUR, DAY = 3600, 86_400
PERSON, NETWORK, ADDRESS, ADDRESS_A_DAY, HELD, ANSWERED = 30, 20, 6, 20, 20, 30


def may_ask(work: Work, visitor: Visitor | None, peer: str, address: str) -> bool:
    """Count one more request; False when it is one too many. Who is stopped by a narrow limit fills no wider one."""
    if visitor is not None:
        return hit(work.db, f"portal:ask:person:{visitor.user_id}", HOUR, work.now) <= PERSON
    return all(
        hit(work.db, f"portal:ask:{key}", seconds, work.now) <= most
        for key, most, seconds in _counters(work, peer, address)
    )


def may_hold(work: Work, peer: str) -> bool:
    """Count one more form whose files wait; False when there were too many of this network address."""
    return hit(work.db, f"portal:held:{network_of(peer)}", HOUR, work.now) <= HELD


def may_say_answered(work: Work, peer: str) -> bool:
    """Count one more “this answered it”; False when it is not worth noting any more."""
    return hit(work.db, f"portal:answered:{network_of(peer)}", HOUR, work.now) <= ANSWERED


def may_acknowledge(work: Work, address: str) -> bool:
    """Count a request for an address that nobody has proved; False when it had its mail within the hour (A56)."""
    return hit(work.db, f"portal:acknowledged:{_digest(address)}", HOUR, work.now) <= 1


def _digest(address: str) -> str:
    return sha256(address.strip().lower().encode("utf-8", "replace")).hexdigest()[:24]


def _counters(work: Work, peer: str, address: str) -> Iterator[tuple[str, int, int]]:
    who = _digest(address)
    yield f"network:{network_of(peer)}", NETWORK, HOUR
    yield f"address:{who}", ADDRESS, HOUR
    yield f"address a day:{who}", ADDRESS_A_DAY, DAY
    yield "site", int(setting(work.app, work.db, PER_HOUR)), HOUR
