"""An update of an asset: what a PUT asks for, tried one by one, with RT's sentence for each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from rtpy.changes.assets.people import ROLES, AddAssetWatcher, DeleteAssetWatcher, SetAssetOwner
from rtpy.changes.assets.pipeline import AssetChange, change_asset, set_asset_fields
from rtpy.changes.assets.places import SetAssetPlace
from rtpy.changes.assets.status import SetAssetStatus, SetCatalog, lifecycle_of
from rtpy.changes.assets.text import SetAssetText
from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.roles import KnownRole, roles_of
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, Refused, RtpyError
from rtpy.models import Asset, Catalog, Organization, OrganizationSite, Transaction
from rtpy.rest.names import read_names
from rtpy.rest.naming import find_catalog, read_number
from rtpy.rest.people import find_one_user, read_people
from rtpy.rest.words import say
from rtpy.rest2.call import Call
from rtpy.rest2.changed_words import say_refused
from rtpy.rest2.field_values_of_things import Holder, put_fields
from rtpy.rest2.plain_values import read_text
from rtpy.rest2.problem import Problem as Refusal
from rtpy.rest2.role_lists import RoleDeed, custom_roles_in, put_role, say_unknown_roles
from rtpy.rest2.things.asset_people import asset_people, forget_people
from rtpy.rest2.things.links import put_links
from rtpy.rest2.values import Document
from rtpy.rights.names import CATALOG, Right
from rtpy.work import Work

NO_USER = "That user does not exist"


class AssetUpdate:
    """One update. `played` are the caller's roles on the asset."""

    def __init__(self, call: Call, asset: Asset, played: frozenset[str]) -> None:
        self.call, self.asset, self.played = call, asset, played
        self.work: Work = call.work
        self.label = f"Asset {asset.id}"

    def do(self, document: Document) -> list[str]:
        """All of it, in RT's order."""
        said: list[str] = []
        for name in ("Catalog", "Description", "Name", "Organization", "Site", "Status"):
            if name in document:
                said += self._column(name, document)
        if "CustomFields" in document:
            holder = Holder(Lookup.ASSET, self.asset.id, self.asset.catalog_id, self.played)
            said += put_fields(self.call, self.label, holder, document["CustomFields"], self._fields)
        if "Owner" in document:
            said += self._owner(document["Owner"])
        roles, unknown = given_roles(self.work, document, self.asset.catalog_id)
        for role, shown, value in roles:
            said += self._role(role, shown, value)
        said += say_unknown_roles(self.label, unknown)
        forget_people(self.call)
        try:
            return said + put_links(self.call, "asset", self.asset, document)
        except Invalid as invalid:
            return [*said, say_refused(self.label, invalid)]

    def set_status(self, status: str) -> list[Transaction]:
        """Raises Problem 403 when the lifecycle has no such move, or the caller may not make it."""
        try:
            return list(change_asset(self.work, self.asset, SetAssetStatus(status)))
        except Refused as refused:
            raise Refusal(403, str(refused)) from None

    def _column(self, name: str, document: Document) -> list[str]:
        try:
            change = self._change(name, document)
            done = change_asset(self.work, self.asset, change) if change else ()
        except RtpyError as problem:
            return [say_refused(self.label, problem)]
        names = read_names(self.work, done)
        return [
            f"{self.label}: Catalog changed from {each.old_value} to {each.new_value}"
            if each.field == "Catalog"
            else say(each, names, self.label)
            for each in done
        ]

    def _change(self, name: str, document: Document) -> AssetChange | None:
        asset, value = self.asset, document[name]
        match name:
            case "Catalog":
                catalog = find_named_catalog(self.work, value)
                return SetCatalog(catalog) if catalog.id != asset.catalog_id else None
            case "Name":
                return SetAssetText(read_text(name, value), asset.description)
            case "Description":
                return SetAssetText(asset.name, read_text(name, value))
            case "Status":
                return self._status(read_text(name, value).strip())
            case "Site" if "Organization" in document:
                return None  # done with it
        given = {"Organization": asset.organization_id, "Site": asset.site_id, **document}
        if name == "Organization" and "Site" not in document:
            given["Site"] = None
        return SetAssetPlace(*find_place(self.call, given))

    def _status(self, status: str) -> SetAssetStatus | None:
        life = lifecycle_of(self.work, self.asset)
        if not life.is_valid(status):
            raise Refused(f"Status '{status[:60]}' isn't a valid status for this asset.")
        if status.lower() == self.asset.status:
            return None
        if not any(move.new == status.lower() for move in life.moves_from(self.asset.status)):
            old = life.shown(self.asset.status)
            raise Refused(f"You can't change status from '{old}' to '{life.shown(status)}'.")
        return SetAssetStatus(status)

    def _fields(self, given: GivenFields, removed: frozenset[int]) -> Sequence[Transaction]:
        return set_asset_fields(self.work, self.asset, given, removed=removed)

    @property
    def _hides_people(self) -> bool:
        """Who may not say whose it is learns nothing of who there is, unless they are staff."""
        may = self.work.rights.of(Right.MODIFY_ASSET).on(CATALOG, self.asset.catalog_id, self.played)
        return not (may or self.call.login.is_privileged)

    def _owner(self, value: Any) -> list[str]:
        if self._hides_people:
            return [f"{self.label}: Permission Denied"]
        try:
            owner = find_one_user(self.work, value or "Nobody")
            if owner is None:
                return [f"{self.label}: {NO_USER}"]
            done = change_asset(self.work, self.asset, SetAssetOwner(owner.id))
        except RtpyError as problem:
            return [say_refused(self.label, problem)]
        return [f"Owner set to {owner.name}" for _ in done]

    def _role(self, role: str, shown: KnownRole | None, value: Any) -> list[str]:
        work, asset = self.work, self.asset
        if shown is not None and shown.is_single:
            return self._single(shown, value)
        present = asset_people(self.call, [asset])[asset.id].get(role, ())
        deed = RoleDeed(
            role=shown.name if shown else role,
            present=[ref.id for ref in present],
            may=work.rights.of(Right.MODIFY_ASSET).on(CATALOG, asset.catalog_id, self.played),
            give=lambda number: change_asset(work, asset, AddAssetWatcher(role, number)),
            take=lambda number: change_asset(work, asset, DeleteAssetWatcher(role, number)),
            say_given=lambda who: f"Member added: {who}",
            say_taken=lambda who: "Member deleted",
        )
        return put_role(self.call, self.label, value, deed)

    def _single(self, role: KnownRole, value: Any) -> list[str]:
        work, asset = self.work, self.asset
        if self._hides_people:
            return [f"{self.label}: Permission Denied"]
        try:
            player = find_one_user(work, value or "Nobody")
            if player is None:
                return [f"{self.label}: {NO_USER}"]
            present = asset_people(self.call, [asset])[asset.id].get(role.role, ())
            if player.id == work.app.nobody_id(work.db):
                changes: list[AssetChange] = [DeleteAssetWatcher(role.role, each.id) for each in present]
            else:
                changes = [AddAssetWatcher(role.role, player.id)]
            done = change_asset(work, asset, *changes)
        except RtpyError as problem:
            return [say_refused(self.label, problem)]
        names = read_names(work, done)
        return [say(each, names, self.label) for each in done]


def given_roles(
    work: Work, document: Document, catalog_id: int
) -> tuple[list[tuple[str, KnownRole | None, Any]], list[str]]:
    """The roles that a document names, the custom ones behind: the watcher's name of each, itself, the value.

    And the names of custom roles that do not apply in the catalog. Raises Problem 400.
    """
    plain: list[tuple[str, KnownRole | None, Any]] = [
        (role, None, document[role]) for role in ROLES if role in document
    ]
    applying = roles_of(work.app, work.db).in_catalog(catalog_id)
    custom, unknown = custom_roles_in(work, document, "asset", applying)
    return [*plain, *((known.role, known, value) for known, value in custom)], unknown


def first_roles(
    call: Call, document: Document, catalog: Catalog
) -> tuple[int | None, tuple[tuple[str, int], ...]]:
    """Owner and people of a new asset; who is nobody is left out, an unknown owner is Nobody (RT)."""
    work = call.work
    owner = find_one_user(work, document["Owner"]) if document.get("Owner") else None
    people: list[tuple[str, int]] = []
    for role, known, value in given_roles(work, document, catalog.id)[0]:
        ids = read_people(work, value, make=True).ids
        nobody = work.app.nobody_id(work.db)
        people += [(role, each) for each in (ids[:1] if known and known.is_single else ids) if each != nobody]
    return (owner.id if owner else None), tuple(people)


def find_named_catalog(work: Work, value: Any) -> Catalog:
    """The catalog of that number, name or reference that the caller sees. Raises Refused."""
    text = read_text("Catalog", value.get("id") if isinstance(value, dict) else value).strip()
    catalog = find_catalog(work.db, text) if text else None
    if catalog is None or not work.rights.of(Right.SHOW_CATALOG).on(CATALOG, catalog.id):
        raise Refused(f"Catalog {text[:60]} does not exist")
    return catalog


def find_place(call: Call, document: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """The numbers of `Organization` and `Site`, given by number, name or reference. Raises Invalid and Refused.

    Only staff may know which organisations there are.
    """
    if not call.login.is_privileged and any(document.get(name) for name in ("Organization", "Site")):
        raise Refused("You may not say whose an asset is.")
    work = call.work
    organization = _number_of(work, Organization, "Organization", document.get("Organization"))
    given = document.get("Site")
    if organization is None or given in (None, ""):
        if given not in (None, ""):
            raise Invalid(Problem("Site", "A site needs its Organization"))
        return organization, None
    return organization, _number_of(work, OrganizationSite, "Site", given, organization)


def _number_of(
    work: Work,
    model: type[Organization] | type[OrganizationSite],
    field: str,
    value: Any,
    organization_id: int = 0,
) -> int | None:
    text = read_text(field, value.get("id") if isinstance(value, dict) else value).strip()
    if not text:
        return None
    number = read_number(text)
    query = select(model.id).where(
        model.id == number if number is not None else func.lower(model.name) == text.lower()
    )
    if organization_id:
        query = query.where(OrganizationSite.organization_id == organization_id)
    found = work.db.scalar(query)
    if found is None:
        raise Invalid(Problem(field, f"There is no {field} {text[:60]}"))
    return found
