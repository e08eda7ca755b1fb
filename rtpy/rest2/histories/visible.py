"""Which transactions a caller may see, of whatever they are: what the pages about these things show, and no more."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, true
from sqlalchemy.orm import aliased

from rtpy.customfields.kinds import Lookup
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import all_fields
from rtpy.models import Article, Asset, Ticket, Transaction
from rtpy.rest2.call import Call
from rtpy.rights.names import Right
from rtpy.search.articles import visible_articles
from rtpy.search.assets import visible_assets
from rtpy.search.compiling.field_names import grants_on
from rtpy.search.compiling.visible import visible_transactions

GROUP_RIGHTS = (
    Right.SEE_GROUP,
    Right.ADMIN_GROUP,
    Right.ADMIN_GROUP_MEMBERSHIP,
    Right.MODIFY_OWN_MEMBERSHIP,
)
"""One of these shows a group and what happened to it."""
ABOUT_RIGHTS = ("AddRight", "DeleteRight")
PRIVATE_FIELDS = ("Comments",)
"""What is noted about a person, which they do not read themselves."""
FIELD = "CustomField"

_origin = aliased(Ticket)


def with_things(query: Any) -> Any:
    """Joins to transactions the tickets (as these are now), assets and articles that they are of."""
    of = Transaction.object_type
    return (
        query.outerjoin(_origin, and_(of == "ticket", _origin.id == Transaction.object_id))
        .outerjoin(Ticket, Ticket.id == func.coalesce(_origin.merged_into_id, _origin.id))
        .outerjoin(Asset, and_(of == "asset", Asset.id == Transaction.object_id))
        .outerjoin(Article, and_(of == "article", Article.id == Transaction.object_id))
    )


def visible_events(call: Call) -> ColumnElement[bool]:
    """A clause over transactions joined by `with_things`."""
    of_ticket = and_(
        Transaction.object_type == "ticket",
        visible_transactions(call.work, is_staff=call.login.is_privileged),
    )
    clauses = [of_ticket, of_assets(call), of_articles(call), of_users(call)]
    if call.login.is_privileged:
        clauses += [of_groups(call), of_queues(call)]
    return or_(*clauses)


def of_assets(call: Call) -> ColumnElement[bool]:
    """ShowAsset, and SeeCustomField for changes of fields; needs the joined asset."""
    shown = visible_assets(call.work.rights.of(Right.SHOW_ASSET))
    fields = [
        and_(Transaction.field == str(each.id), visible_assets(grants_on(call.work, each)))
        for each in _fields(call, Lookup.ASSET)
    ]
    return and_(Transaction.object_type == "asset", shown, _seen_if(or_(false(), *fields)))


def of_articles(call: Call) -> ColumnElement[bool]:
    """ShowArticle and ShowArticleHistory, and SeeCustomField for changes of fields; needs the joined article."""
    rights = call.work.rights
    shown = and_(
        visible_articles(rights.of(Right.SHOW_ARTICLE)),
        visible_articles(rights.of(Right.SHOW_ARTICLE_HISTORY)),
    )
    fields = [
        and_(Transaction.field == str(each.id), visible_articles(grants_on(call.work, each)))
        for each in _fields(call, Lookup.ARTICLE)
    ]
    return and_(Transaction.object_type == "article", shown, _seen_if(or_(false(), *fields)))


def of_users(call: Call) -> ColumnElement[bool]:
    """AdminUsers; what happened to oneself one may read without, but for what is noted about one."""
    work = call.work
    clauses = [Transaction.object_type == "user", _fields_in(seen_fields(call, Lookup.USER))]
    if not work.rights.system(Right.ADMIN_USERS):
        clauses += [
            Transaction.object_id == work.actor.user_id,
            or_(Transaction.type != "Set", Transaction.field.not_in(PRIVATE_FIELDS)),
        ]
    return and_(*clauses)


def of_groups(call: Call) -> ColumnElement[bool]:
    """Groups that one may see, made up by the site."""
    shown = visible_groups(call, Transaction.object_id)
    return and_(Transaction.object_type == "group", shown, _fields_in(seen_fields(call, Lookup.GROUP)))


def of_queues(call: Call) -> ColumnElement[bool]:
    """SeeQueue; ShowACL for grants, SeeCustomField for changes of fields."""
    rights = call.work.rights
    clauses = [Transaction.object_type == "queue", _queues(call, Right.SEE_QUEUE)]
    if not rights.of(Right.SHOW_ACL).everywhere:
        clauses.append(or_(Transaction.type.not_in(ABOUT_RIGHTS), _queues(call, Right.SHOW_ACL)))
    fields: list[ColumnElement[bool]] = []
    for each in _fields(call, Lookup.QUEUE):
        grants = grants_on(call.work, each)
        there = true() if grants.everywhere else Transaction.object_id.in_(grants.queues)
        fields.append(and_(Transaction.field == str(each.id), there))
    return and_(*clauses, _seen_if(or_(false(), *fields)))


def visible_groups(call: Call, column: Any) -> ColumnElement[bool]:
    """A clause: the column holds the number of a group that the caller may see."""
    grants = [call.work.rights.of(right) for right in GROUP_RIGHTS]
    if not call.login.is_privileged:
        return false()
    if any(each.everywhere for each in grants):
        return true()
    return column.in_(frozenset().union(*(each.ids("group") for each in grants)))


def seen_fields(call: Call, lookup: str) -> list[str]:
    """Numbers of the fields of people or groups whose values the caller may read."""
    return [str(each.id) for each in _fields(call, lookup) if sees(call.work, each)]


def _fields(call: Call, lookup: str) -> Collection[Any]:
    return [each for each in all_fields(call.work.app, call.work.db).values() if each.lookup == lookup]


def _fields_in(numbers: Collection[str]) -> ColumnElement[bool]:
    return _seen_if(Transaction.field.in_(numbers))


def _seen_if(seen: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(Transaction.type != FIELD, seen)


def _queues(call: Call, right: Right) -> ColumnElement[bool]:
    grants = call.work.rights.of(right)
    return true() if grants.everywhere else Transaction.object_id.in_(grants.queues)
