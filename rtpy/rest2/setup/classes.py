"""Classes of articles: `/class`, `/classes`."""

from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from sqlalchemy import Select, false, func, select, true

from rtpy.changes.classes import ClassValues, change_class, make_class, values_of
from rtpy.customfields.kinds import Lookup
from rtpy.models import ArticleClass
from rtpy.rest.naming import find_class
from rtpy.rest2.call import Call
from rtpy.rest2.collection import Collection, with_disabled
from rtpy.rest2.field_kind import FieldKind, Reader, always, column
from rtpy.rest2.histories.past import past_fields
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.plain_values import Column, read_flag, read_number, read_text
from rtpy.rest2.problem import Problem
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.setup.queue_kind import applied_fields, create_link
from rtpy.rest2.setup_record import SetupRecord
from rtpy.rest2.values import Document
from rtpy.rights.names import CLASS, Right

LOGGED_AS = "class"


def visible_classes(call: Call) -> Any:  # Any: a clause
    """A clause over classes: those that the caller sees."""
    grants = call.work.rights.of(Right.SEE_CLASS)
    ids = grants.ids(CLASS)
    return true() if grants.everywhere else ArticleClass.id.in_(ids) if ids else false()


class ClassKind(FieldKind):
    """A class."""

    name = "class"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(ArticleClass.id, Holds.NUMBER),
        "Name": Searchable(ArticleClass.name),
        "Description": Searchable(ArticleClass.description),
        "SortOrder": Searchable(ArticleClass.sort_order, Holds.NUMBER),
        "Disabled": Searchable(ArticleClass.disabled, Holds.FLAG),
        "Created": Searchable(ArticleClass.created, Holds.MOMENT),
    }
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Description": column("description"),
        "SortOrder": column("sort_order"),
        "Disabled": column("disabled"),
        **past_fields(LOGGED_AS),
        "CustomFields": always([]),
        "ArticleCustomFields": applied_fields(Lookup.ARTICLE),
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Any]:
        """One query."""
        rows = call.work.db.scalars(
            select(ArticleClass).where(ArticleClass.id.in_(ids), visible_classes(call))
        )
        return {row.id: row for row in rows}

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Where articles are written."""
        found = [self_link(call, self.name, row.id)]
        if call.work.rights.of(Right.CREATE_ARTICLE).on(CLASS, row.id):
            found.append(create_link(call, "article", "Class", row.id))
        return found


CLASS_KIND = add_kind(ClassKind())


class ClassRecord(SetupRecord):
    """`/class/2`, `/class/How-to`."""

    kind = CLASS_KIND
    label, logged_as = "Class", LOGGED_AS
    columns: ClassVar[Mapping[str, Column]] = {
        "Name": Column("name", read_text),
        "Description": Column("description", read_text),
        "SortOrder": Column("sort_order", read_number),
        "Disabled": Column("disabled", read_flag),
    }
    tolerated = frozenset({"CustomFields", "ArticleCustomFields"})

    def find(self) -> ArticleClass | None:
        """By number or name."""
        name = self.call.args.get("class_")
        return find_class(self.work.db, name) if name else None

    def sees(self, number: int) -> bool:
        """SeeClass."""
        return bool(self.work.rights.of(Right.SEE_CLASS).on(CLASS, number))

    def administers(self, number: int) -> bool:
        """AdminClass."""
        grants = self.work.rights.of(Right.ADMIN_CLASS)
        return bool(grants.on(CLASS, number) if number else grants.everywhere)

    def apply(self, values: Mapping[str, Any]) -> None:
        """Through the one function that changes classes."""
        change_class(self.work, self.thing, replace(values_of(self.work, self.thing), **values))

    def create(self, document: Document) -> ArticleClass:
        """Refused in RT's words; its articles are offered in all queues."""
        given = self.read_columns(document)
        name = " ".join(given.get("name", "").split())
        if not name or find_class(self.work.db, name) is not None:
            raise Problem(400, "Invalid value for Name")
        return make_class(self.work, replace(ClassValues(name), **given))


class NewClass(ClassRecord):
    """`/class`."""

    methods = ("POST",)


class Classes(Collection):
    """`/classes`."""

    kind = CLASS_KIND
    needs_condition = True

    def rows(self) -> Select[Any]:
        """Those that the caller sees; disabled ones only when asked for."""
        query = select(ArticleClass.id).where(visible_classes(self.call))
        return query if with_disabled(self.call) else query.where(ArticleClass.disabled.is_(False))

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (func.lower(ArticleClass.name), ArticleClass.id)

    def sees_total(self) -> bool:
        """With SeeClass everywhere."""
        return bool(self.work.rights.of(Right.SEE_CLASS).everywhere)


class AllClasses(Classes):
    """`/classes/all`."""

    needs_condition = False


ROUTES = (
    Route("class", NewClass, "Make a class of articles"),
    Route("class/{class_*}", ClassRecord, "One class of articles, by number or name"),
    Route("classes", Classes, "Classes of articles that fit"),
    Route("classes/all", AllClasses, "All classes of articles"),
)
