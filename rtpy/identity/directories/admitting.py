"""Who a name and a password are for the directories: asked without a transaction, let in with a short one."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.identity.directories.directory import DirectoryRefused, DirectoryUnreachable, Entry, open_directory
from rtpy.identity.directories.keeping import keep_person
from rtpy.identity.directories.settings import Settings, enabled_directories
from rtpy.models import DirectoryPerson

log = logging.getLogger("rtpy.directory")

ATTEMPTS = 3
"""Two first logins of one person at once make one account."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The account of somebody whose password a directory found right."""

    user_id: int
    name: str
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask: which directories in which order, and for whom of each (None: for the name)."""

    settings: Settings
    unique_id: str | None


def admit(app: App, user_id: int | None, name: str, password: str) -> Admitted | None:
    """Whoever `name` is in the directories, if the password fits; their account is made or brought up to date.

    `user_id`: the account that is known to be linked; then only its own directory is asked, and not for the name. None
    for a name that no account has. Raises DirectoryUnreachable when no answer can be had.
    """
    asks = _asks(app, user_id)
    found = _find(app, asks, name, password) if asks else None
    if found is None:
        return None
    settings, entry = found
    for attempt in range(ATTEMPTS):
        try:
            with app.work() as work:
                user = keep_person(work, settings, entry)
                return Admitted(user.id, user.name, user.password_hash)
        except Refused as refused:
            log.warning("directory %s: not let in: %s", settings.id, refused)
            return None
        except IntegrityError:
            if attempt + 1 == ATTEMPTS:
                raise
    return None


def may_fall_back(app: App, user_id: int) -> bool:
    """Is the linked account's own password good while its directory does not answer?"""
    return any(ask.settings.local_fallback for ask in _asks(app, user_id))


def _asks(app: App, user_id: int | None) -> Sequence[Ask]:
    with app.reading_sessions() as db:
        enabled = enabled_directories(app, db)
        if not enabled:
            return ()
        if user_id is None:
            # Ours first: whoever stands in it is never looked for in a client's, which would see the password.
            ordered = sorted(enabled, key=lambda each: each.organization_id is not None)
            return [Ask(settings, None) for settings in ordered]
        links = select(DirectoryPerson.directory_id, DirectoryPerson.unique_id).where(
            DirectoryPerson.user_id == user_id
        )
        ids = {row.directory_id: row.unique_id for row in db.execute(links)}
        return [Ask(settings, ids[settings.id]) for settings in enabled if settings.id in ids]


def _find(app: App, asks: Sequence[Ask], name: str, password: str) -> tuple[Settings, Entry] | None:
    """The first directory that knows them decides: no other one gets to see the password."""
    if not password.strip() or "\x00" in password:
        return None
    away: OSError | Refused | None = None
    for ask in asks:
        try:
            directory = open_directory(app, ask.settings)
            try:
                entry = (
                    directory.find_person(name)
                    if ask.unique_id is None
                    else next(iter(directory.people_with([ask.unique_id], photos=True)), None)
                )
                if entry is not None:
                    return (ask.settings, entry) if directory.bind_as(entry, password) else None
            finally:
                directory.close()
        except (DirectoryUnreachable, DirectoryRefused) as problem:
            log.error("directory %s (%s): %s", ask.settings.id, ask.settings.name, problem)
            away = problem
            if ask.settings.organization_id is None:
                break
    if away is not None:
        raise DirectoryUnreachable(str(away)) from away
    return None
