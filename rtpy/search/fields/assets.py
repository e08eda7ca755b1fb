"""What can be asked of assets (RT's AssetSQL): their columns, people, links and custom fields."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from rtpy.db.base import table_of
from rtpy.lifecycle.lifecycle import ASSET
from rtpy.models import Asset, AssetWatcher, Catalog, Organization, OrganizationSite
from rtpy.models.asset import CONTACT, HELD_BY
from rtpy.models.watcher import OWNER
from rtpy.rights.names import Right
from rtpy.search.assets import CatalogKnown, known_catalogs, visible_assets
from rtpy.search.compiling.dates import date_field
from rtpy.search.compiling.organizations import named_field
from rtpy.search.compiling.people import user_field
from rtpy.search.compiling.plain import number_field, text_field
from rtpy.search.compiling.queues import ACTIVE, INACTIVE
from rtpy.search.compiling.roles import Cast, custom_role_field, group_field, owner_field, role_field
from rtpy.search.compiling.text import EQUALITY, LIKES, compare_exactly
from rtpy.search.compiling.values import id_of, need_no_part, values_of
from rtpy.search.fields.custom_fields import asset_custom_field_fields
from rtpy.search.fields.field import Asking, Fields, Kind, SearchField
from rtpy.search.fields.links import asset_link_fields
from rtpy.search.fields.tickets import by_name
from rtpy.search.language.tree import Operator, Term
from rtpy.search.text.matching import asset_matches
from rtpy.work import Work

_columns = table_of(Asset).c
ASSETS = Cast(_columns.id, table_of(AssetWatcher), "asset_id", _columns.owner_id)


def always_of_assets(work: Work, _names: frozenset[str]) -> list[ColumnElement[bool]]:
    """What the reader may see, and never what is deleted."""
    return [visible_assets(work.rights.of(Right.SHOW_ASSET)), Asset.status != "deleted"]


def asset_fields(work: Work) -> Fields:
    """All fields of assets, by name and alias; put together once for a process."""
    found: Fields | None = work.app.caches.get("search.asset_fields")
    if found is None:
        found = work.app.caches["search.asset_fields"] = by_name(asset_search_fields())
    return found


def asset_search_fields() -> tuple[SearchField, ...]:
    """The same in the order of the builder."""
    return (*_OWN, *asset_link_fields(), *asset_custom_field_fields())


def _seen_catalogs(asking: Asking) -> list[CatalogKnown]:
    """Those that the asker may know of: others cannot be asked for."""
    grants = asking.work.rights.of(Right.SHOW_CATALOG)
    known = known_catalogs(asking.work.app, asking.work.db).values()
    if grants.everywhere or grants.roles_everywhere:
        return list(known)
    by_role = {number for _, kind, number in grants.roles_on if kind == "catalog"}
    return [each for each in known if each.id in by_role or grants.on("catalog", each.id)]


def _catalog(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    ids = [each.id for each in _seen_catalogs(asking) if _is_one(each.id, each.name, term)]
    return Asset.catalog_id.not_in(ids) if term.operator.is_negative else Asset.catalog_id.in_(ids)


def _lifecycle(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    known = known_catalogs(asking.work.app, asking.work.db).values()
    ids = [each.id for each in known if _is_one(None, each.lifecycle, term)]
    return Asset.catalog_id.not_in(ids) if term.operator.is_negative else Asset.catalog_id.in_(ids)


def _is_one(number: int | None, name: str, term: Term) -> bool:
    """Does a name, or a number, fit one of the values of a term, its negation aside?"""
    called, wanted = name.lower(), [str(each).lower() for each in values_of(term)]
    match term.operator.positive:
        case Operator.LIKE:
            return wanted[0] in called
        case Operator.STARTS_WITH:
            return called.startswith(wanted[0])
        case Operator.ENDS_WITH:
            return called.endswith(wanted[0])
    return called in wanted or (number is not None and number in {id_of(each) for each in wanted})


def _status(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    values = [str(each).lower() for each in values_of(term)]
    sets = {each for each in values if each in (ACTIVE, INACTIVE)}
    if not sets or term.operator not in EQUALITY:
        return compare_exactly(_columns.status, term.operator, term.value)
    plain = [each for each in values if each not in sets]
    fits = or_(_in_sets(asking, sets), Asset.status.in_(plain)) if plain else _in_sets(asking, sets)
    return ~fits if term.operator.is_negative else fits


def _in_sets(asking: Asking, sets: set[str]) -> ColumnElement[bool]:
    """Statuses that are in one of the sets in the lifecycle of the asset's own catalog."""
    lives = {name.lower(): life for name, life in asking.work.app.lifecycles.by_name.items()}
    by_statuses: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for catalog in known_catalogs(asking.work.app, asking.work.db).values():
        life = lives.get(catalog.lifecycle.lower())
        if life is not None:
            active = (*life.initial, *life.active) if ACTIVE in sets else ()
            inactive = life.inactive if INACTIVE in sets else ()
            by_statuses[tuple(sorted(each.lower() for each in (*active, *inactive)))].append(catalog.id)
    clauses = [
        and_(Asset.catalog_id.in_(ids), Asset.status.in_(statuses))
        for statuses, ids in by_statuses.items()
        if statuses
    ]
    return or_(false(), *clauses)


def _status_choices(asking: Asking) -> Sequence[str]:
    lives = asking.work.app.lifecycles.by_name.values()
    found = dict.fromkeys(
        status
        for life in lives
        if life.type == ASSET and not life.is_disabled
        for status in life.statuses
        if status.lower() != "deleted"
    )
    return (*found, "__Active__", "__Inactive__")


def _content(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    fits = asset_matches(asking.work, str(term.value))
    return ~fits if term.operator.is_negative else fits


def _by_catalog(asking: Asking, path: tuple[str, ...]) -> Sequence[ColumnElement[Any]]:
    name = select(func.lower(Catalog.name)).where(Catalog.id == Asset.catalog_id).correlate(Asset)
    return () if path else (name.scalar_subquery(),)


_OWN: tuple[SearchField, ...] = (
    number_field("id", _columns.id, "The number of the asset."),
    text_field("Name", _columns.name, "Its name."),
    text_field("Description", _columns.description, "Its description."),
    SearchField(
        "Status",
        Kind.STATUS,
        (*EQUALITY, *LIKES),
        _status,
        "The status; __Active__ is each that is not closed, __Inactive__ each that is.",
        choices=_status_choices,
        order=lambda _asking, path: () if path else (_columns.status,),
        column=_columns.status,
    ),
    SearchField(
        "Catalog",
        Kind.QUEUE,
        (*EQUALITY, *LIKES),
        _catalog,
        "The catalog, by its name or number.",
        choices=lambda asking: [each.name for each in _seen_catalogs(asking) if not each.disabled],
        order=_by_catalog,
        column=_columns.catalog_id,
    ),
    SearchField("Lifecycle", Kind.CHOICE, (*EQUALITY, *LIKES), _lifecycle, "The lifecycle of its catalog."),
    date_field("Created", _columns.created, "When it was entered."),
    date_field("LastUpdated", _columns.last_updated, "When it was changed last."),
    user_field("Creator", _columns.creator_id, "Who entered it."),
    user_field("LastUpdatedBy", _columns.last_updated_by_id, "Who changed it last."),
    owner_field(_columns.owner_id),
    role_field("HeldBy", ASSETS, (HELD_BY,), "Who has it."),
    role_field("Contact", ASSETS, (CONTACT,), "Whom to ask about it.", "Contacts"),
    role_field("Watcher", ASSETS, None, "Anybody in any role, the owner too.", "Watchers", with_owner=True),
    custom_role_field(ASSETS, "asset"),
    group_field("OwnerGroup", ASSETS, (OWNER,), True, "The owner is in this group, however deep."),
    group_field("HeldByGroup", ASSETS, (HELD_BY,), False, "One who has it is in this group, however deep."),
    group_field(
        "ContactGroup", ASSETS, (CONTACT,), False, "One of the contacts is in this group, however deep."
    ),
    group_field("WatcherGroup", ASSETS, None, True, "Anybody in any role is in this group, however deep."),
    named_field(
        "Organization",
        _columns.organization_id,
        Organization,
        "The client whose it is, by name.",
        "Organisation",
    ),
    named_field("Site", _columns.site_id, OrganizationSite, "The site of the client, by name."),
    SearchField(
        "Content",
        Kind.MESSAGE,
        (Operator.LIKE, Operator.NOT_LIKE),
        _content,
        "Words of its name and description.",
    ),
)
