"""Codes: those of an app (TOTP, RFC 6238) and those on paper; pure, nothing here reads or writes."""

import hmac
import io
import re
import secrets
from datetime import datetime

import pyotp
import segno

STEP = 30
"""Seconds for which an app shows a code."""
DRIFT = 1
"""Steps before and after the present one whose codes count: clocks of phones go wrong, and people type slowly."""
HOW_MANY = 10
"""Recovery codes of one person."""
RECOVERY_LENGTH = 12
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes: without i, l, o, 0 and 1, which look alike. Twelve of them are 59 bits."""


def draw_secret() -> str:
    """A new secret for an app: 160 random bits in base32."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is, of those that count now, the oldest first; None when it is none of theirs."""
    present = int(now.timestamp()) // STEP
    made = pyotp.TOTP(secret)
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(made.at(step * STEP).encode(), code.encode()) and found is None:
            found = step
    return found


def read_code(typed: str) -> str:
    """What was typed without spaces and hyphens, in lower case; empty when it can be no code of any kind."""
    code = re.sub(r"[\s-]", "", typed[:100]).lower()
    return code if code.isascii() and code.isalnum() else ""


def is_app_code(code: str) -> bool:
    """Has it the form of what apps show?"""
    return len(code) == 6 and code.isdigit()


def draw_recovery_codes() -> list[str]:
    """Ten new ones, `abcd-efgh-jkmn`, as they are shown."""
    return ["-".join(_drawn(4) for _ in range(RECOVERY_LENGTH // 4)) for _ in range(HOW_MANY)]


def enrolment_address(secret: str, account: str, site: str) -> str:
    """The `otpauth:` address that apps read from the picture; `site` and `account` are what they show."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=site.replace(":", " "))


def draw_picture(address: str) -> bytes:
    """A QR code of it as SVG, black on white in every colour scheme, or cameras read nothing."""
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", scale=5, border=4, dark="#000", light="#fff", title="QR code", omitsize=False
    )
    return picture.getvalue()


def _drawn(letters: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(letters))
