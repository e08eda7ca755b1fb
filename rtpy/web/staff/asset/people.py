"""People and groups of an asset as typed in a form: names, addresses and groups between commas."""

from collections.abc import Iterable

from sqlalchemy import select

from rtpy.changes.people import person_for_address
from rtpy.changes.roles import roles_of
from rtpy.errors import Problem
from rtpy.models import AssetWatcher, Group, User
from rtpy.models.asset import CONTACT, HELD_BY
from rtpy.rights.holders import find_principals
from rtpy.work import Work

MOST = 50


def roles_shown(work: Work, catalog_id: int) -> dict[str, str]:
    """The roles of assets in a catalog with their names: the built-in ones, and custom ones that apply. No query."""
    found = {HELD_BY: "Held by", CONTACT: "Contacts"}
    return found | {known.role: known.name for known in roles_of(work.app, work.db).in_catalog(catalog_id)}


def role_hints(work: Work, catalog_id: int) -> dict[str, str]:
    """What stands beside the field of each role. No query."""
    hints = dict.fromkeys(roles_shown(work, catalog_id), "Names, mail addresses and groups, between commas.")
    for known in roles_of(work.app, work.db).in_catalog(catalog_id):
        words = "One person." if known.is_single else hints[known.role]
        hints[known.role] = f"{known.entry_hint.rstrip('.')}. {words}" if known.entry_hint else words
    return hints


def read_people(work: Work, field: str, typed: str, problems: list[Problem]) -> list[int]:
    """The principals that are meant; an address that nobody has becomes a person. Problems are added for the field."""
    words = [" ".join(each.split()) for each in typed.replace("\x00", "").replace(";", ",").split(",")]
    found: list[int] = []
    for word in [each for each in words if each][:MOST]:
        named = find_principals(work.db, word)
        in_use = [each for each in named if not each.disabled]
        known = [each.holder.principal_id for each in in_use or named]
        if len(known) > 1:
            problems.append(Problem(field, f"Several are called “{word[:80]}”: write the mail address."))
        elif known and known[0] is not None:
            found.append(known[0])
        elif "@" in word.strip("@") and " " not in word:
            found.append(person_for_address(work, word).id)
        else:
            problems.append(Problem(field, f"There is no person and no group “{word[:80]}”."))
    return list(dict.fromkeys(found))


def read_players(work: Work, role: str, typed: str, problems: list[Problem]) -> list[int]:
    """Like `read_people`, for a role of assets; more than one person for a role for one is a problem too."""
    found = read_people(work, role, typed, problems)
    if len(found) > 1 and is_single(work, role):
        problems.append(Problem(role, "This role is for one person."))
    return found


def is_single(work: Work, role: str) -> bool:
    """Is it a role for exactly one person? No query."""
    known = roles_of(work.app, work.db).by_role.get(role)
    return known is not None and known.is_single


def typed_people(work: Work, principal_ids: Iterable[int]) -> str:
    """People and groups as `read_people` reads them. Two queries, none for nobody."""
    ids = list(principal_ids)
    if not ids:
        return ""
    names = {
        row.id: row.email_address or row.name
        for row in work.db.execute(select(User.id, User.email_address, User.name).where(User.id.in_(ids)))
    }
    names |= {
        row.id: row.name for row in work.db.execute(select(Group.id, Group.name).where(Group.id.in_(ids)))
    }
    return ", ".join(names[each] for each in ids if each in names)


def people_of(work: Work, asset_id: int) -> dict[str, list[int]]:
    """The principals of an asset by their role, in the order in which they came. One query."""
    rows = work.db.execute(
        select(AssetWatcher.role, AssetWatcher.principal_id)
        .where(AssetWatcher.asset_id == asset_id)
        .order_by(AssetWatcher.id)
    )
    found: dict[str, list[int]] = {}
    for role, principal_id in rows:
        found.setdefault(role, []).append(principal_id)
    return found
