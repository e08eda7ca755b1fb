"""Second factors: the secret of the app on somebody's phone, their recovery codes, and logins that wait for a code."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, id_, ref, text, utc


class SecondFactor(Base):
    """The app of one person that shows a new code every 30 seconds (TOTP, RFC 6238)."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = ref("users.id", primary_key=True, cascade=True)
    secret: Mapped[text]
    """Sealed with the site's own secret (`rtpy.sealing`); empty until a first code was right."""
    new_secret: Mapped[text]
    """Of the app that is being set up, sealed too; empty when none is."""
    created: Mapped[utc]
    confirmed: Mapped[datetime | None]
    """When a first code was right; None: no login asks for one."""
    last_step: Mapped[count]
    """The 30 seconds since the epoch whose code was used last: no code is good twice."""


class RecoveryCode(Base):
    """A code on paper for who has lost the phone; good once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("uq_recovery_codes_user_id_code_hash", "user_id", "code_hash", unique=True),)

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", cascade=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    """HMAC of the code with the site's own secret: a copy of the database alone lets nobody try codes."""
    used: Mapped[datetime | None]


class PendingLogin(Base):
    """Somebody has shown the first factor and is asked for the second: no session yet, and good for nothing else."""

    __tablename__ = "pending_logins"

    id: Mapped[id_]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the 256 random bits in the cookie."""
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    how: Mapped[str] = mapped_column(String(16))
    """What the first factor was."""
    created: Mapped[utc]
    expires: Mapped[utc]
