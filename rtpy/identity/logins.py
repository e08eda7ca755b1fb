"""Logins: who somebody is, through what they proved it, and the columns by which every way in reads it at once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists

from rtpy.identity.scopes import EVERYTHING, Scope
from rtpy.models import Group, GroupClosure, SecondFactor, User
from rtpy.models.group import PRIVILEGED
from rtpy.rights.standing import Standing, standing_columns, standing_of

NEVER = datetime.min.replace(tzinfo=UTC)


class Through(StrEnum):
    """Through what somebody is logged in."""

    BROWSER = "browser"
    """A session of the pages."""
    REST = "rest"
    """A session that a program began; it opens no page."""
    TOKEN = "token"
    BASIC = "basic"
    """Name and password with this very request."""


class How(StrEnum):
    """What proved who somebody is, before any second factor."""

    PASSWORD = "password"
    DIRECTORY = "directory"
    SIGN_ON = "sign-on"
    HEADER = "header"
    PROGRAM = "program"
    """Name and password with a call of a program."""
    TOKEN = "token"
    LINK = "link"
    """A link by mail, which works once."""


@dataclass(frozen=True, slots=True)
class Login:
    """A login that is good, and whose it is. `data` are flash messages and small choices of a session.

    `standing` is the user's as the transaction read it that found the login, and good for that one only. Without a
    session (token, name and password) there is no `session_id`, and no `csrf_token`, which then fits nothing.
    """

    session_id: int | None
    user_id: int
    name: str
    display_name: str
    email_address: str
    is_privileged: bool
    lang: str
    timezone: str
    csrf_token: str
    seen: datetime
    data: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    signature: str = ""
    standing: Standing | None = None
    through: Through = Through.BROWSER
    scope: Scope = EVERYTHING
    token_id: int | None = None
    has_second_factor: bool = False
    lacks_second_factor: bool = False
    """A group of theirs asks for one: nothing but setting it up is open to them. Said by who reads sessions."""


def who_columns(user_id: Any, found: Select[Any]) -> tuple[Any, ...]:  # Any: columns of several types
    """Columns for a statement of one row over `users`: all of a login that is the user's.

    `user_id` is the column with the id; `found` selects that id alone.
    """
    privileged: ColumnElement[bool] = (
        exists()
        .where(GroupClosure.group_id == Group.id, GroupClosure.member_id == user_id)
        .where(Group.name == PRIVILEGED, Group.domain == "SystemInternal")
    )
    return (
        User.id.label("user_id"),
        User.name,
        User.real_name,
        User.nick_name,
        User.email_address,
        User.lang,
        User.timezone,
        User.signature,
        privileged.label("is_privileged"),
        exists()
        .where(SecondFactor.user_id == user_id, SecondFactor.confirmed.is_not(None))
        .label("has_second_factor"),
        *standing_columns(found),
    )


def login_from(
    row: Row[Any],
    through: Through,
    *,
    session_id: int | None = None,
    csrf_token: str = "",
    seen: datetime = NEVER,
    data: dict[str, Any] | None = None,
    scope: Scope = EVERYTHING,
    token_id: int | None = None,
) -> Login:
    """The login of a row that has `who_columns`."""
    return Login(
        session_id,
        row.user_id,
        row.name,
        row.real_name or row.nick_name or row.name,
        row.email_address or "",
        row.is_privileged,
        row.lang,
        row.timezone,
        csrf_token,
        seen,
        data or {},
        row.signature,
        standing_of(row.principals, row.stamp),
        through,
        scope,
        token_id,
        row.has_second_factor,
    )
