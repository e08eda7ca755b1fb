"""Custom fields: their definitions, offered values, where they apply, their defaults, and what things hold in them."""

from sqlalchemy import Index, String, UniqueConstraint, func
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc
from rtpy.db.types import Json


class CustomField(Base):
    """A field that a site made up for its tickets, people or other things."""

    __tablename__ = "custom_fields"
    __table_args__ = (Index("ix_custom_fields_lookup_name", "lookup", "name"),)

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    lookup: Mapped[str] = mapped_column(String(16))
    """A `rtpy.customfields.kinds.Lookup`: on what it stands."""
    type: Mapped[str] = mapped_column(String(80))
    """A `rtpy.customfields.kinds.FieldType`."""
    render_type: Mapped[str] = mapped_column(String(16), default="", server_default="")
    max_values: Mapped[int]
    """1: one value; 0: any number of them."""
    based_on_id: Mapped[int | None] = ref("custom_fields.id")
    pattern: Mapped[text]
    entry_hint: Mapped[short]
    validation_hint: Mapped[short]
    description: Mapped[text]
    grouping: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """The heading of the box in which pages show it; empty: the common box."""
    unique_values: Mapped[flag]
    canonicalizer: Mapped[str] = mapped_column(String(64), default="", server_default="")
    link_template: Mapped[text]
    include_template: Mapped[text]
    sort_order: Mapped[count]
    disabled: Mapped[flag]


class CustomFieldValue(Base):
    """One of the values that a field offers."""

    __tablename__ = "custom_field_values"
    __table_args__ = (
        Index("ix_custom_field_values_custom_field_id_sort_order", "custom_field_id", "sort_order"),
    )

    id: Mapped[id_]
    custom_field_id: Mapped[int] = ref("custom_fields.id", cascade=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[short]
    category: Mapped[str] = mapped_column(String(200), default="", server_default="")
    sort_order: Mapped[count]


class CustomFieldPlace(Base):
    """Where a field applies: the id of a queue, class or catalog; 0 is everywhere."""

    __tablename__ = "custom_field_places"
    __table_args__ = (UniqueConstraint("custom_field_id", "object_id"),)

    id: Mapped[id_]
    custom_field_id: Mapped[int] = ref("custom_fields.id", cascade=True)
    object_id: Mapped[count]
    sort_order: Mapped[count]


class CustomFieldDefault(Base):
    """The values that a new thing gets when nobody gives any: of one queue, class or catalog, or (0) of all."""

    __tablename__ = "custom_field_defaults"
    __table_args__ = (UniqueConstraint("custom_field_id", "object_id"),)

    id: Mapped[id_]
    custom_field_id: Mapped[int] = ref("custom_fields.id", cascade=True)
    object_id: Mapped[count]
    values: Mapped[list[str]] = mapped_column(Json)


class CustomFieldContent(Base):
    """One value that a thing holds or once held. What is replaced is switched off, so that history can show it."""

    __tablename__ = "custom_field_contents"
    __table_args__ = (
        Index("ix_custom_field_contents_object_type_object_id", "object_type", "object_id"),
        Index("ix_custom_field_contents_custom_field_id_content", "custom_field_id", "content"),
        # Partial: nearly all are NULL.
        Index(
            "ix_custom_field_contents_blob_sha256",
            "blob_sha256",
            sqlite_where=text_("blob_sha256 IS NOT NULL"),
            postgresql_where=text_("blob_sha256 IS NOT NULL"),
        ),
    )

    id: Mapped[id_]
    custom_field_id: Mapped[int] = ref("custom_fields.id")
    object_type: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[int]
    content: Mapped[short]
    """The stored form; empty when it is longer than 255 characters, then `large_content` has all of it."""
    large_content: Mapped[text]
    """A long value, or the end of a range of addresses."""
    blob_sha256: Mapped[str | None] = mapped_column(String(64))
    """Where the bytes of a file lie; `content` is then its name."""
    content_type: Mapped[short]
    size: Mapped[count]
    """Bytes of a file."""
    sort_order: Mapped[count]
    disabled: Mapped[flag]
    creator_id: Mapped[int] = ref("users.id")
    created: Mapped[utc]


Index(
    "ix_custom_field_contents_folded",
    CustomFieldContent.custom_field_id,
    func.lower(CustomFieldContent.content),
)
