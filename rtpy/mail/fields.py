"""Custom fields of the ticket at hand as scrips and templates see them: texts by name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.fields.contents import as_texts, contents_of
from rtpy.fields.definitions import all_fields
from rtpy.mail.occasion import Occasion
from rtpy.models import CustomField


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
        for name, texts in _texts(occasion):
            found.setdefault(name.casefold(), []).extend(texts)
        return found

    return occasion.once("scrip_fields", read)


def known_fields(db: Session, *, with_disabled: bool = False) -> dict[str, int]:
    """Names and ids of the enabled fields of tickets, or of all of them."""
    query = (
        select(CustomField.name, CustomField.id)
        .where(CustomField.lookup == "ticket")
        .order_by(CustomField.name)
    )
    rows = db.execute(query if with_disabled else query.where(CustomField.disabled.is_(False)))
    return {row.name: row.id for row in rows}


def fields_for_templates(occasion: Occasion) -> dict[str, str]:
    """The values by the field's name as it is spelled, several in one text with commas. One query, or none."""

    def read() -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for name, texts in _texts(occasion):
            found.setdefault(name, []).extend(texts)
        return {name: ", ".join(values) for name, values in found.items()}

    return occasion.once("template_fields", read)


def _texts(occasion: Occasion) -> list[tuple[str, tuple[str, ...]]]:
    """Name and values of each enabled field that holds something; as people write them, not as they are stored."""
    known = all_fields(occasion.work.app, occasion.work.db)
    held = contents_of(occasion.work.db, "ticket", occasion.ticket.id)
    found = [(known[number], values) for number, values in held.items() if number in known]
    return [
        (definition.name, as_texts(definition, values))
        for definition, values in found
        if not definition.disabled
    ]
