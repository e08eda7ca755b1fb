"""Passwords: argon2id hashes, checked with a bound on memory and time."""

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 1024
"""Characters; longer ones are refused before any hashing, so that nobody makes us work."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_TURNS = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """An argon2id hash (19 MiB, 2 passes) of the normalised password. Raises ValueError when it is too long."""
    given = _normal(password)
    with _TURNS:
        return _HASHER.hash(given)


def verify_password(password: str, stored: str | None) -> bool:
    """Is it this password? Takes the same time for a user without one, so that nobody learns who has one.

    An empty password and one that is too long are nobody's, whatever is stored.
    """
    try:
        given = _normal(password)
    except ValueError:
        return False
    with _TURNS:
        try:
            matches = _HASHER.verify(stored or nobodys_hash(), given)
        except (VerificationError, InvalidHashError):
            return False
    return bool(matches) and stored is not None and given != b""


def needs_rehash(stored: str) -> bool:
    """Was it hashed with other parameters than today's?"""
    return _HASHER.check_needs_rehash(stored)


@cache
def nobodys_hash() -> str:
    """A hash that no password fits; made once, at the start of a server, so that no login pays for it."""
    return _HASHER.hash("nobody has this password")


def _normal(password: str) -> bytes:
    """All bytes of the password in one Unicode form: nothing is cut, NUL and half characters count."""
    if len(password) > LONGEST:
        raise ValueError(f"A password has at most {LONGEST} characters.")
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
