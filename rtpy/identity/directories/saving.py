"""Saving directories: noted in the log of configuration, never with the password."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem
from rtpy.identity.directories.presets import FIELDS
from rtpy.identity.directories.reading import FLAGS, read_directory
from rtpy.identity.directories.settings import PURPOSE
from rtpy.models import CustomField, DirectoryPerson, Organization, UserDirectory
from rtpy.rights.names import Right
from rtpy.sealing import seal
from rtpy.work import Work

KIND = "directory"
LISTS = ("urls", "login_attributes")
LINE_BREAK = "\n"


def save_directory(
    work: Work, row: UserDirectory | None, given: Mapping[str, str], *, without_password: bool = False
) -> UserDirectory:
    """Make a directory, or change this one. Needs SuperUser; raises Invalid with every problem.

    `given` as in `read_directory`, and `bind_password`: empty keeps the one that is there, unless the servers or the
    DN become others: then it would be told to whom it was never meant for. `without_password` lets one be missing,
    for somebody to type later, if the directory is switched off meanwhile.
    """
    need_system(work, Right.SUPER_USER)
    values, problems = read_directory(work, given, row)
    password = given.get("bind_password", "")
    lacking = _about_password(row, values, password)
    forgets = bool(lacking) and without_password and values["disabled"] and not password
    problems += [] if forgets else lacking
    if problems:
        raise Invalid(*problems)
    before = None if row is None else logged_directory(work, row)
    if row is None:
        row = UserDirectory(created=work.now, bind_password_sealed="")
        work.db.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    if not row.bind_dn or forgets:
        row.bind_password_sealed = ""
    elif password:
        row.bind_password_sealed = seal(work.app.config, PURPOSE, password)
    work.db.flush()  # the log names it by its id
    after = logged_directory(work, row)
    if password and before is not None:
        before, after = {**before, "bind_password": "the one before"}, {**after, "bind_password": "a new one"}
    note_configuration(work, KIND, row.id, row.name, before, after)
    return row


def delete_directory(work: Work, row: UserDirectory) -> None:
    """Delete it and who stood in it; their accounts stay, and have no password. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    note_configuration(work, KIND, row.id, row.name, logged_directory(work, row), None)
    work.db.delete(row)
    work.db.flush()


def plain_directory(row: UserDirectory) -> dict[str, str]:
    """The settings as the form takes them; without the password."""
    plain = {name: str(getattr(row, name) or "") for name in _TEXTS}
    plain |= {name: str(getattr(row, name)) for name in ("position", "sync_minutes", "sync_threshold")}
    plain |= {flag: "1" if getattr(row, flag) else "" for flag in FLAGS}
    plain["urls"] = LINE_BREAK.join(row.urls)
    plain["login_attributes"] = ", ".join(row.login_attributes)
    return plain | {f"map_{field}": row.attributes.get(field, "") for field in FIELDS}


def logged_directory(work: Work, row: UserDirectory) -> dict[str, object]:
    """The settings as the log keeps them: by names, not numbers."""
    plain: dict[str, Any] = {name: getattr(row, name) for name in (*_TEXTS, *FLAGS, *LISTS)}
    plain |= {name: getattr(row, name) for name in ("position", "sync_minutes", "sync_threshold")}
    plain["attributes"] = dict(row.attributes)
    del plain["organization_id"], plain["manager_field_id"]
    organization = work.db.get(Organization, row.organization_id or 0)
    field = work.db.get(CustomField, row.manager_field_id or 0)
    plain["organization"] = organization.name if organization else ""
    plain["manager_field"] = field.name if field else ""
    plain["bind_password"] = "set" if row.bind_password_sealed else ""
    return plain


def people_in(work: Work, row: UserDirectory) -> int:
    """How many accounts stand in it. One query."""
    return len(
        work.db.scalars(select(DirectoryPerson.id).where(DirectoryPerson.directory_id == row.id)).all()
    )


def _about_password(row: UserDirectory | None, values: Mapping[str, Any], password: str) -> list[Problem]:
    if not values["bind_dn"]:
        return [Problem("bind_password", "A password needs a DN to bind as.")] if password else []
    if len(password) > 1024 or "\x00" in password:
        return [Problem("bind_password", "A password has at most 1024 characters.")]
    if password.strip():
        return []
    if row is None or not row.bind_password_sealed:
        return [Problem("bind_password", "Give the password of this DN: without one a bind means nobody.")]
    told = ("urls", "tls", "plain_ok", "ca", "bind_dn")
    if any(getattr(row, name) != values[name] for name in told):
        said = (
            "The servers or the DN are others now: give the password once more, so that nobody else gets it."
        )
        return [Problem("bind_password", said)]
    return []


_TEXTS = (
    "name",
    "kind",
    "tls",
    "ca",
    "bind_dn",
    "base_dn",
    "person_filter",
    "active_filter",
    "unique_attribute",
    "required_group_dn",
    "group_base_dn",
    "group_filter",
    "group_name_attribute",
    "group_member_attribute",
    "manager_attribute",
    "manager_field_id",
    "organization_id",
)
