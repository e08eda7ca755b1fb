"""The custom roles as values, remembered between requests: which there are, and where they apply."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import CustomRole, CustomRolePlace
from rtpy.models.custom_role import PREFIX
from rtpy.models.watcher import ADMIN_CC, CC, OWNER, REQUESTOR
from rtpy.remembered import remembered, watch

BUILT_IN = (REQUESTOR, CC, ADMIN_CC)
"""The roles of every ticket that any number of people play."""
TAKEN_NAMES = frozenset(name.lower() for name in (*BUILT_IN, OWNER, "HeldBy", "Contact"))
"""Names that no custom role may have."""
WORDS = {REQUESTOR: "requestor", CC: "Cc", ADMIN_CC: "internal Cc", OWNER: "owner"}

watch(CustomRole, CustomRolePlace)


@dataclass(frozen=True, slots=True)
class KnownRole:
    """One custom role. `places` are the ids of the queues in which it applies, of the catalogs for a role of assets."""

    id: int
    name: str
    description: str
    entry_hint: str
    is_single: bool
    lookup: str
    is_enabled: bool
    places: frozenset[int]

    @property
    def role(self) -> str:
        """How watchers and grants name it."""
        return f"{PREFIX}{self.id}"


@dataclass(frozen=True, slots=True)
class Roles:
    """All custom roles, by the name that watchers have for them."""

    by_role: Mapping[str, KnownRole] = field(default_factory=dict)

    def in_queue(self, queue_id: int) -> tuple[KnownRole, ...]:
        """Those of tickets that are switched on and apply in a queue, by name."""
        return self._applying("ticket", queue_id)

    def in_catalog(self, catalog_id: int) -> tuple[KnownRole, ...]:
        """Those of assets that are switched on and apply in a catalog, by name."""
        return self._applying("asset", catalog_id)

    def of_assets(self) -> tuple[KnownRole, ...]:
        """All of assets that are switched on, by name."""
        return tuple(each for each in self.by_role.values() if each.is_enabled and each.lookup == "asset")

    def holds(self, role: str, queue_id: int) -> bool:
        """Does a role count on the tickets of a queue? The built-in ones always do."""
        known = self.by_role.get(role)
        return not role.startswith(PREFIX) or (known is not None and known in self.in_queue(queue_id))

    def named(self, name: str, lookup: str = "ticket") -> KnownRole | None:
        """The role of that name, without regard to case; RT's `RT::CustomRole-3` and `CustomRole-3` are names too."""
        text = name.strip().removeprefix("RT::")
        if text in self.by_role:
            return self.by_role[text]
        folded = text.lower()
        return next(
            (each for each in self.by_role.values() if each.name.lower() == folded and each.lookup == lookup),
            None,
        )

    def _applying(self, lookup: str, place_id: int) -> tuple[KnownRole, ...]:
        return tuple(
            each
            for each in self.by_role.values()
            if each.is_enabled and each.lookup == lookup and place_id in each.places
        )

    def words(self, role: str) -> str:
        """What people call a role, built-in or custom."""
        known = self.by_role.get(role)
        return known.name if known else WORDS.get(role, role)


def roles_of(app: App, db: Session) -> Roles:
    """The custom roles; no query while nobody writes one."""
    return remembered(app, db, "custom_roles", _read)


def _read(db: Session) -> Roles:
    places: dict[int, set[int]] = defaultdict(set)
    for place in db.execute(select(CustomRolePlace.custom_role_id, CustomRolePlace.object_id)):
        places[place.custom_role_id].add(place.object_id)
    rows = db.execute(
        select(
            CustomRole.id,
            CustomRole.name,
            CustomRole.description,
            CustomRole.entry_hint,
            CustomRole.max_values,
            CustomRole.lookup,
            CustomRole.disabled,
        )
    )
    found = [
        KnownRole(
            row.id,
            row.name,
            row.description,
            row.entry_hint,
            row.max_values == 1,
            row.lookup,
            not row.disabled,
            frozenset(places[row.id]),
        )
        for row in rows
    ]
    return Roles({each.role: each for each in sorted(found, key=lambda each: each.name.lower())})
