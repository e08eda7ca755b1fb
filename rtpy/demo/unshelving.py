"""Removes the articles and the equipment of the sample consultancy; what real work leans on stays, switched off."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from rtpy.customfields.kinds import Lookup
from rtpy.demo.made import Made
from rtpy.links.things import asset_uri
from rtpy.models import (
    Ace,
    Article,
    ArticleClass,
    Asset,
    AssetLink,
    Catalog,
    ConfigChange,
    CustomField,
    CustomFieldContent,
    Link,
    Topic,
    Transaction,
)


def remove_shelves(db: Session, made: Made) -> None:
    """After the demo's tickets are gone: its articles, assets, class, catalog, fields and grants."""
    written = db.scalars(select(Article.id).where(Article.creator_id.in_(made.users))).all()
    _remove_articles(db, sorted({*made.articles, *written}))
    bought = db.scalars(select(Asset.id).where(Asset.creator_id.in_(made.users))).all()
    _remove_assets(db, sorted({*made.assets, *bought}))
    _remove_classes(db, made)
    used = set(db.scalars(select(Asset.catalog_id).where(Asset.catalog_id.in_(made.catalogs))))
    free = set(made.catalogs) - used
    _run(db, delete(Catalog).where(Catalog.id.in_(free)))
    _run(db, update(Catalog).where(Catalog.id.in_(used)).values(disabled=True))
    held = CustomFieldContent.custom_field_id
    filled = set(db.scalars(select(held).where(held.in_(made.fields))))
    unfilled = set(made.fields) - filled
    _run(db, delete(CustomField).where(CustomField.id.in_(unfilled)))
    _run(db, update(CustomField).where(CustomField.id.in_(filled)).values(disabled=True))
    _forget_grants(db, "catalog", free)
    _forget_grants(db, "custom_field", unfilled)
    _run(db, delete(Ace).where(Ace.id.in_(made.aces), Ace.object_type == "system"))
    _run(db, delete(ConfigChange).where(ConfigChange.id.in_(made.logged)))


def _remove_articles(db: Session, ids: list[int]) -> None:
    _forget_things(db, Lookup.ARTICLE, ids)
    _run(db, delete(Article).where(Article.id.in_(ids)))


def _remove_assets(db: Session, ids: list[int]) -> None:
    """But those to which a real ticket refers."""
    by_uri = {asset_uri(each): each for each in ids}
    linked = select(Link.target).where(Link.target.in_(by_uri), Link.local_target_id.is_(None))
    free = sorted(set(ids) - {by_uri[uri] for uri in db.scalars(linked)})
    _forget_things(db, Lookup.ASSET, free)
    ends = or_(AssetLink.base_id.in_(free), AssetLink.target_id.in_(free))
    _run(db, delete(AssetLink).where(ends))
    _run(db, delete(Asset).where(Asset.id.in_(free)))


def _remove_classes(db: Session, made: Made) -> None:
    used = set(db.scalars(select(Article.class_id).where(Article.class_id.in_(made.classes))))
    free = set(made.classes) - used
    topics = set(db.scalars(select(Topic.id).where(Topic.class_id.in_(free))))
    _run(db, update(Topic).where(Topic.id.in_(topics)).values(parent_id=None))
    _run(db, delete(Topic).where(Topic.id.in_(topics)))
    _run(db, delete(ArticleClass).where(ArticleClass.id.in_(free)))
    _run(db, update(ArticleClass).where(ArticleClass.id.in_(used)).values(disabled=True))
    _forget_grants(db, "class", free)


def _forget_things(db: Session, lookup: str, ids: list[int]) -> None:
    """What the articles or assets hold in custom fields, and their history."""
    held = CustomFieldContent
    _run(db, delete(held).where(held.object_type == lookup, held.object_id.in_(ids)))
    _run(db, delete(Transaction).where(Transaction.object_type == lookup, Transaction.object_id.in_(ids)))


def _forget_grants(db: Session, kind: str, ids: Iterable[int]) -> None:
    _run(db, delete(Ace).where(Ace.object_type == kind, Ace.object_id.in_(sorted(ids))))


def _run(db: Session, statement: Any) -> None:
    db.execute(statement, execution_options={"synchronize_session": False})
