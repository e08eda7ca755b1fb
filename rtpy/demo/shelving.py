"""Puts the articles and the equipment of the sample consultancy into the database, through the changes of each."""

from collections.abc import Iterable

from sqlalchemy import func, select

from rtpy.changes.articles import ArticleText, make_article
from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.changes.customfields.offering import set_choices, set_places
from rtpy.changes.grants import GrantChange, change_grants
from rtpy.changes.people import find_by_address, find_by_name, system_groups
from rtpy.changes.topics import TopicValues, make_topic
from rtpy.customfields.definition import Choice
from rtpy.customfields.kinds import FieldType, Lookup
from rtpy.demo.inventory import KINDS, DemoAsset
from rtpy.demo.knowledge import DemoArticle, Knowledge
from rtpy.demo.made import Made
from rtpy.demo.people import Consultancy
from rtpy.lifecycle.lifecycle import ASSET
from rtpy.models import (
    Ace,
    Article,
    ArticleClass,
    Catalog,
    ConfigChange,
    CustomField,
    Organization,
    OrganizationSite,
    Topic,
)
from rtpy.models.asset import CONTACT, HELD_BY
from rtpy.models.group import PRIVILEGED
from rtpy.rights.holders import EVERYWHERE, Holder, Place
from rtpy.rights.names import CATALOG, CLASS, Right
from rtpy.work import Work

CATALOG_NAME = "Client equipment"
SERIAL, WARRANTY, KIND = "Serial number", "Warranty until", "Kind"
STATUS = "in-use"
MAY_ON_CLASS = (Right.SEE_CLASS, Right.SHOW_ARTICLE, Right.SHOW_ARTICLE_HISTORY, Right.CREATE_ARTICLE,
                Right.MODIFY_ARTICLE, Right.MODIFY_ARTICLE_TOPICS)  # fmt: skip
MAY_ON_CATALOG = (Right.SHOW_CATALOG, Right.SHOW_ASSET, Right.CREATE_ASSET, Right.MODIFY_ASSET,
                  Right.SEE_CUSTOM_FIELD, Right.MODIFY_CUSTOM_FIELD)  # fmt: skip
MENUS = (Right.SHOW_ARTICLES_MENU, Right.SHOW_ASSETS_MENU)


def settle_shelves(work: Work, known: Knowledge, made: Made) -> None:
    """The class with its topics, the catalog with its fields, and what staff may do with them; noted in `made`.

    A class or catalog of that name that has been there before is used as it is.
    """
    last = work.db.scalar(select(func.max(ConfigChange.id))) or 0
    _settle_class(work, known, made)
    _settle_catalog(work, made)
    _grant(work, MENUS, EVERYWHERE, made)
    work.db.flush()  # what was logged has its numbers
    made.logged += work.db.scalars(select(ConfigChange.id).where(ConfigChange.id > last))


def settle_assets(
    work: Work, house: Consultancy, names: dict[str, str], things: Iterable[DemoAsset], made: Made
) -> dict[int, DemoAsset]:
    """Every thing with its people and fields, by its number; none where there is no catalog for them."""
    catalog = work.db.scalar(select(Catalog).where(func.lower(Catalog.name) == CATALOG_NAME.lower()))
    if catalog is None or catalog.disabled:
        return {}
    sites = {
        (row.organization, row.site or ""): (row.id, row.site_id)
        for row in work.db.execute(
            select(
                Organization.name.label("organization"),
                Organization.id,
                OrganizationSite.name.label("site"),
                OrganizationSite.id.label("site_id"),
            ).outerjoin(OrganizationSite, OrganizationSite.organization_id == Organization.id)
        )
    }
    clients = {each.key: each.name for each in house.organizations}
    fields = {
        row.name: row.id
        for row in work.db.scalars(select(CustomField).where(CustomField.id.in_(made.fields)))
    }
    in_use = STATUS if work.app.lifecycles.get(catalog.lifecycle).may_create(STATUS) else ""
    found: dict[int, DemoAsset] = {}
    for thing in things:
        organization_id, site_id = sites.get((clients.get(thing.organization, ""), thing.site), (None, None))
        owner = find_by_name(work.db, names[thing.owner])
        people = ((HELD_BY, thing.holder), (CONTACT, thing.contact))
        users = ((role, find_by_address(work.db, address)) for role, address in people if address)
        texts = {SERIAL: thing.serial, WARRANTY: thing.warranty.isoformat(), KIND: thing.kind}
        asset = create_asset(
            work,
            CreateAsset(
                catalog,
                thing.name,
                thing.description,
                in_use if thing.organization else "",
                owner.id if owner is not None else None,
                organization_id,
                site_id,
                tuple((role, user.id) for role, user in users if user is not None),
                GivenFields({fields[name]: [text] for name, text in texts.items() if name in fields}),
            ),
        )
        made.assets.append(asset.id)
        found[asset.id] = thing
    return found


def write_article(work: Work, known: Knowledge, article: DemoArticle, made: Made) -> None:
    """By its author; an article of that name that is there already stays as it is."""
    row = work.db.scalar(select(ArticleClass).where(func.lower(ArticleClass.name) == known.name.lower()))
    if row is None or row.disabled or _is_there(work, article):
        return
    wanted = {name.lower() for name in article.topics}
    topics = work.db.scalars(
        select(Topic.id).where(Topic.id.in_(made.topics), func.lower(Topic.name).in_(wanted))
    ).all()
    text = ArticleText(article.name, article.summary, article.content, "html")
    made.articles.append(make_article(work, row, text, topics=topics).id)


def _is_there(work: Work, article: DemoArticle) -> bool:
    return (
        work.db.scalar(select(Article.id).where(func.lower(Article.name) == article.name.lower())) is not None
    )


def _settle_class(work: Work, known: Knowledge, made: Made) -> None:
    same = func.lower(ArticleClass.name) == known.name.lower()
    if work.db.scalar(select(ArticleClass.id).where(same)) is not None:
        return
    row = make_class(work, ClassValues(known.name, known.description))
    made.classes.append(row.id)
    for order, (name, below) in enumerate(known.topics):
        parent = make_topic(work, TopicValues(name, class_id=row.id, sort_order=order))
        made.topics.append(parent.id)
        made.topics += [
            make_topic(work, TopicValues(each, parent_id=parent.id, sort_order=place)).id
            for place, each in enumerate(below)
        ]
    _grant(work, MAY_ON_CLASS, Place(CLASS, row.id), made)


def _settle_catalog(work: Work, made: Made) -> None:
    lives = [each for each in work.app.lifecycles if each.type == ASSET and not each.is_disabled]
    same = func.lower(Catalog.name) == CATALOG_NAME.lower()
    if not lives or work.db.scalar(select(Catalog.id).where(same)) is not None:
        return
    life = next((each for each in lives if each.may_create(STATUS)), lives[0])
    row = make_catalog(work, CatalogValues(CATALOG_NAME, life.name, "What clients own and we look after"))
    made.catalogs.append(row.id)
    _grant(work, MAY_ON_CATALOG, Place(CATALOG, row.id), made)
    for settings in (
        FieldSettings(KIND, Lookup.ASSET, FieldType.SELECT, render_type="Dropdown", sort_order=1),
        FieldSettings(
            SERIAL, Lookup.ASSET, entry_hint="As on the label below or on the invoice", sort_order=2
        ),
        FieldSettings(WARRANTY, Lookup.ASSET, FieldType.DATE, sort_order=3),
    ):
        field = create_field(work, settings, staff="")
        made.fields.append(field.id)
        set_places(work, field, {row.id: settings.sort_order})
        if settings.name == KIND:
            set_choices(work, field, [Choice(kind) for kind in KINDS])


def _grant(work: Work, rights: Iterable[str], place: Place, made: Made) -> None:
    """To staff; what they hold already is not the demo's to take away."""
    staff = Holder(system_groups(work, (PRIVILEGED,))[0])
    here = (Ace.principal_id == staff.principal_id, Ace.object_type == place.kind, Ace.object_id == place.id)
    before = set(work.db.scalars(select(Ace.id).where(*here)))
    change_grants(work, place, [GrantChange(staff, right) for right in rights])
    made.aces += sorted(set(work.db.scalars(select(Ace.id).where(*here))) - before)
