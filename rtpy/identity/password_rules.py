"""Which passwords may be chosen: long enough, not known to everybody, not made of what is known of the person.

No rules on kinds of characters: length and rarity are what counts (OWASP ASVS 2.1.7 and 2.1.9).
"""

import mmap
import re
from hashlib import sha1
from pathlib import Path

from rtpy.config import Config
from rtpy.errors import Invalid, Problem
from rtpy.identity.passwords import LONGEST
from rtpy.models import User

_WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
_NOTORIOUS = frozenset(
    "password passwort passw0rd p@ssword p@ssw0rd letmein welcome willkommen bienvenue iloveyou monkey dragon football "
    "baseball princess sunshine master shadow superman batman trustno admin administrator root changeme secret geheim "
    "default guest test login access whatever freedom starwars hello hallo summer winter spring autumn sommer monday "
    "company support helpdesk service ticket request server".split()
)
_LEAST_LEFT = 5
"""Characters that must be left when all that is easily guessed is taken out."""


def check_password(config: Config, password: str, user: User, *, field: str = "password") -> None:
    """Raises Invalid, beside `field`, with what to do when `password` may not be chosen by `user`."""
    shortest = config.login.shortest_password
    if not shortest <= len(password) <= LONGEST:
        raise Invalid(Problem(field, f"A password has {shortest} to {LONGEST} characters."))
    known = (config.rtname, user.name, user.real_name, user.nick_name, user.email_address or "")
    if _left_of(password, known) < _LEAST_LEFT:
        raise Invalid(
            Problem(
                field,
                "This password is easily guessed: take several words that have nothing to do with each other or you.",
            )
        )
    if _is_listed(config.login.refused_passwords, password):
        raise Invalid(
            Problem(field, "This password stands in a list of stolen ones. Please choose another one.")
        )


def password_hint(config: Config) -> str:
    """What a form says beside the field for a new password."""
    return (
        f"At least {config.login.shortest_password} characters; several words that have nothing to do with each other "
        "are easy to remember and hard to guess."
    )


def _left_of(password: str, known: tuple[str, ...]) -> int:
    """How many different characters are left without names of the person, notorious words, walks and repetitions."""
    left = password.lower()
    words = {part for name in known for part in re.split(r"[^\w]+", name.lower()) if len(part) >= 3}
    for word in sorted(words | _NOTORIOUS, key=len, reverse=True):
        left = left.replace(word, " ")
    left = _without_walks(left)
    left = re.sub(r"(.{1,4}?)\1{2,}", r"\1", left)
    return len(set(left) - {" "})


def _without_walks(text: str) -> str:
    """`text` without four or more neighbours of a row of keys, the alphabet or the digits, forwards or backwards."""
    pairs = {row[at : at + 2] for each in _WALKS for row in (each, each[::-1]) for at in range(len(row) - 1)}
    kept, run = [], text[:1]
    for at in range(1, len(text) + 1):
        if text[at - 1 : at + 1] in pairs:
            run += text[at]
            continue
        kept.append(" " if len(run) >= 4 else run)
        run = text[at : at + 1]
    return "".join(kept)


def _is_listed(file: str, password: str) -> bool:
    """Whether the administrator's list holds it. A list that cannot be read stops nobody; `rtpy check` tells of it."""
    path = Path(file)
    if not file or not path.is_file() or path.stat().st_size == 0:
        return False
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as held:
        if re.match(rb"[0-9A-Fa-f]{40}[:\r\n]", held[:41] + b"\n"):
            return _holds_hash(held, sha1(password.encode("utf-8", "replace")).hexdigest().upper().encode())
        wanted = b"\n" + password.encode("utf-8", "replace") + b"\n"
        whole = held[: len(wanted) - 1]
        return held.find(wanted) >= 0 or whole == wanted[1:] or held[-len(wanted) + 1 :] == wanted[:-1]


def _holds_hash(held: mmap.mmap, digest: bytes) -> bool:
    """Halving: the lines are sorted by hash, whatever stands behind it."""
    low, high = 0, len(held)
    while low < high:
        middle = (low + high) // 2
        begins = held.rfind(b"\n", 0, middle) + 1
        found = held[begins : begins + 40].upper()
        if found == digest:
            return True
        ends = held.find(b"\n", middle)
        if found < digest:
            low = len(held) if ends < 0 else ends + 1
        else:
            high = begins
    return False
