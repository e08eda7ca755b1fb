"""Custom fields of the ticket at hand as scrips and templates see them: texts by name."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from rtpy.mail.occasion import Occasion
from rtpy.models import CustomField, CustomFieldContent


def read_field(occasion: Occasion, name: str) -> str | list[str]:
    """The value of a ticket's field, in any case of its name: a text, a list when there are several, else empty."""
    values = fields_of(occasion).get(name.casefold(), [])
    if len(values) > 1:
        return values
    return values[0] if values else ""


def fields_of(occasion: Occasion) -> dict[str, list[str]]:
    """All values of the ticket's fields by folded name. One query for all scrips of a transaction."""

    def read() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, short, long in occasion.work.db.execute(_VALUES, {"ticket": occasion.ticket.id}):
            found.setdefault(name.casefold(), []).append(long or short)
        return found

    return occasion.once("scrip_fields", read)


def known_fields(db: Session) -> dict[str, int]:
    """Names and ids of the enabled fields of tickets."""
    rows = db.execute(
        select(CustomField.name, CustomField.id)
        .where(CustomField.lookup == "ticket", CustomField.disabled.is_(False))
        .order_by(CustomField.name)
    )
    return {row.name: row.id for row in rows}


_VALUES = (
    select(CustomField.name, CustomFieldContent.content, CustomFieldContent.large_content)
    .join(CustomField, CustomField.id == CustomFieldContent.custom_field_id)
    .where(
        CustomFieldContent.object_type == "ticket",
        CustomFieldContent.object_id == bindparam("ticket"),
        CustomFieldContent.disabled.is_(False),
        CustomField.disabled.is_(False),
        CustomField.lookup == "ticket",
    )
    .order_by(CustomFieldContent.sort_order, CustomFieldContent.id)
)


def fields_for_templates(occasion: Occasion) -> dict[str, str]:
    """The values by the field's name as it is spelled, several in one text with commas. One query, or none."""

    def read() -> dict[str, str]:
        rows = occasion.work.db.execute(_VALUES, {"ticket": occasion.ticket.id})
        found: dict[str, list[str]] = {}
        for name, short, long in rows:
            found.setdefault(name, []).append(long or short)
        return {name: ", ".join(values) for name, values in found.items()}

    return occasion.once("template_fields", read)
