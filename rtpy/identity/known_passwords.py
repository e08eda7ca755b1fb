"""Passwords that were right a moment ago: who sends one with each call pays for one hash, not for all.

Kept in this process only, never as text.
"""

import hmac
import secrets
import threading
from datetime import datetime, timedelta

from rtpy.app import App
from rtpy.db.leases import has_ended

LASTS = timedelta(minutes=5)
DIRECTORY_LASTS = timedelta(minutes=1)
"""For a password that a directory keeps: nobody tells us when it is changed there."""
MOST = 10_000
STRIPES = 64


class KnownPasswords:
    """Keyed digests of account, stored hash and password, each good for LASTS, or for as long as is said.

    Since the stored hash is part of it, an entry is worth nothing from the moment the password is changed, in
    whichever process. Whether the account is enabled is asked anew each time.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._ends: dict[bytes, datetime] = {}
        self._lock = threading.Lock()
        self._turns = tuple(threading.Lock() for _ in range(STRIPES))

    def sign(self, user_id: int, stored: str, password: str) -> bytes:
        """What stands for the three; the key is drawn anew by each process."""
        text = f"{user_id}\n{stored}\n{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256")

    def knows(self, signed: bytes, now: datetime) -> bool:
        """Was it proved right lately?"""
        return not has_ended(self._ends.get(signed), now, LASTS)

    def remember(self, signed: bytes, now: datetime, lasts: timedelta = LASTS) -> None:
        """It was proved right now. The oldest entries make room."""
        with self._lock:
            self._ends.pop(signed, None)
            while len(self._ends) >= MOST:
                del self._ends[next(iter(self._ends))]
            self._ends[signed] = now + lasts

    def turn(self, signed: bytes) -> threading.Lock:
        """Held while one is checked: of many calls at once that bring the same, the first pays and the others wait."""
        return self._turns[signed[0] % STRIPES]


def known_passwords(app: App) -> KnownPasswords:
    """Those of this app, made at the first question."""
    known: KnownPasswords | None = app.caches.get("known_passwords")
    if known is None:
        known = app.caches.setdefault("known_passwords", KnownPasswords())
    return known
