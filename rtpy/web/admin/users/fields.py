"""The fields of an account, in sections; the same for a new one, a present one and one's own."""

from collections.abc import Collection, Mapping

from rtpy.changes.accounts import LONG
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field

SECTIONS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Who it is",
        "",
        (
            ("name", "Login name", "Without blanks. Mail is matched by address, not by this."),
            ("real_name", "Name", "As people know them."),
            ("nick_name", "Nickname", ""),
            ("email_address", "Mail address", "The one that we write to."),
            ("lang", "Language", "A code such as en or de."),
            ("timezone", "Time zone", "Such as Europe/Berlin. Empty: UTC."),
        ),
    ),
    (
        "Phones",
        "",
        (
            ("work_phone", "Work", ""),
            ("mobile_phone", "Mobile", ""),
            ("home_phone", "Home", ""),
            ("pager_phone", "Pager", ""),
        ),
    ),
    (
        "Postal address",
        "",
        (
            ("organization", "Company, as a text", "Client companies with tickets are under Organisations."),
            ("address1", "Address", ""),
            ("address2", "Address, second line", ""),
            ("city", "City", ""),
            ("state", "State", ""),
            ("zip", "Postal code", ""),
            ("country", "Country", ""),
        ),
    ),
    (
        "More",
        "",
        (
            (
                "signature",
                "Signature",
                "Stands below what they write to customers; they can take it out there.",
            ),
            ("comments", "Notes about this person", "Only staff read them."),
            ("gecos", "Name of the account on other machines", ""),
        ),
    ),
)


LABELS = {name: label for _, _, fields in SECTIONS for name, label, _ in fields}
"""What forms call the columns."""


def account_sections(values: Mapping[str, str], columns: Collection[str]) -> tuple[Section, ...]:
    """The sections, as far as their fields are among `columns`, filled with `values`."""
    found = []
    for title, help_, fields in SECTIONS:
        shown = tuple(
            Field(
                name,
                label,
                values.get(name, ""),
                "textarea" if name in LONG else "email" if name == "email_address" else "text",
                hint,
                required=name == "name",
                autocomplete="off",
                rows=4,
            )
            for name, label, hint in fields
            if name in columns
        )
        if shown:
            found.append(Section(title, shown, help_))
    return tuple(found)
