"""The kinds of custom fields: their types, what each can do, how they are entered, and on what they stand."""

from dataclasses import dataclass
from enum import StrEnum


class FieldType(StrEnum):
    """RT's types, spelled as RT spells them."""

    SELECT = "Select"
    FREEFORM = "Freeform"
    TEXT = "Text"
    WIKITEXT = "Wikitext"
    HTML = "HTML"
    IMAGE = "Image"
    BINARY = "Binary"
    COMBOBOX = "Combobox"
    AUTOCOMPLETE = "Autocomplete"
    DATE = "Date"
    DATETIME = "DateTime"
    IP_ADDRESS = "IPAddress"
    IP_ADDRESS_RANGE = "IPAddressRange"


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What a type can do (RT: lib/RT/CustomField.pm, %FieldTypes), and its name and explanation for people."""

    label: str
    help: str
    has_choices: bool = False
    may_be_many: bool = False
    is_canonicalized: bool = False
    is_file: bool = False
    is_long: bool = False

    @property
    def may_have_defaults(self) -> bool:
        """Files have none."""
        return not self.is_file


TYPES: dict[str, TypeFacts] = {
    FieldType.SELECT: TypeFacts(
        "Choice from a list", "Only the values that you list.", has_choices=True, may_be_many=True
    ),
    FieldType.FREEFORM: TypeFacts(
        "Line of text", "One line, such as a serial number.", may_be_many=True, is_canonicalized=True
    ),
    FieldType.TEXT: TypeFacts(
        "Plain text of several lines",
        "A longer text without formatting.",
        is_canonicalized=True,
        is_long=True,
    ),
    FieldType.WIKITEXT: TypeFacts(
        "Text with wiki markup",
        "A longer text; '''bold''', ''italic'', = headings =, * lists and [links] are drawn.",
        is_canonicalized=True,
        is_long=True,
    ),
    FieldType.HTML: TypeFacts(
        "Formatted text (HTML)",
        "HTML; scripts, styles and pictures from elsewhere are taken out when it is saved.",
        is_canonicalized=True,
        is_long=True,
    ),
    FieldType.IMAGE: TypeFacts(
        "Picture", "An uploaded picture, shown on the page.", may_be_many=True, is_file=True
    ),
    FieldType.BINARY: TypeFacts(
        "File", "An uploaded file, offered for download.", may_be_many=True, is_file=True
    ),
    FieldType.COMBOBOX: TypeFacts(
        "List or own words",
        "The listed values are offered; anything else may be written too.",
        has_choices=True,
        is_canonicalized=True,
    ),
    FieldType.AUTOCOMPLETE: TypeFacts(
        "Line of text with suggestions",
        "The listed values are suggested while typing; anything else may be written too.",
        has_choices=True,
        may_be_many=True,
        is_canonicalized=True,
    ),
    FieldType.DATE: TypeFacts("Day", "A day without a time, such as the end of a warranty."),
    FieldType.DATETIME: TypeFacts("Day and time", "A moment; everybody sees it by their own clock."),
    FieldType.IP_ADDRESS: TypeFacts(
        "IP address", "An IPv4 or IPv6 address; lists sort it by address.", may_be_many=True
    ),
    FieldType.IP_ADDRESS_RANGE: TypeFacts(
        "Range of IP addresses",
        "Written as first-last or as a network, such as 10.0.0.0/24.",
        may_be_many=True,
    ),
}


class Lookup(StrEnum):
    """On what a field stands (RT's LookupType)."""

    TICKET = "ticket"
    TRANSACTION = "transaction"
    USER = "user"
    GROUP = "group"
    ORGANIZATION = "organization"
    QUEUE = "queue"
    ASSET = "asset"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class LookupFacts:
    """In words, RT's name of it, and the kind of thing by which it can be applied one by one (empty: only to all)."""

    label: str
    rt: str
    container: str = ""


LOOKUPS: dict[str, LookupFacts] = {
    Lookup.TICKET: LookupFacts("Tickets", "RT::Queue-RT::Ticket", "queue"),
    Lookup.TRANSACTION: LookupFacts("Replies and comments", "RT::Queue-RT::Ticket-RT::Transaction", "queue"),
    Lookup.USER: LookupFacts("People", "RT::User"),
    Lookup.GROUP: LookupFacts("Groups", "RT::Group"),
    Lookup.ORGANIZATION: LookupFacts("Organisations", "RTPY::Organization"),
    Lookup.QUEUE: LookupFacts("Queues", "RT::Queue"),
    Lookup.ASSET: LookupFacts("Assets", "RT::Catalog-RT::Asset", "catalog"),
    Lookup.ARTICLE: LookupFacts("Articles", "RT::Class-RT::Article", "class"),
}

RENDER_TYPES: dict[bool, tuple[str, ...]] = {
    False: ("Dropdown", "Select box", "List", "Checkbox"),
    True: ("Select box", "List"),
}
"""Of a Select, by whether it takes several values; the first is the default."""

NOT_BASED = ("List", "Checkbox")
"""Render types whose choices cannot depend on another field."""


def render_types(field_type: str, max_values: int) -> tuple[str, ...]:
    """The ways in which such a field can be entered; empty when there is only one."""
    return RENDER_TYPES[max_values != 1] if field_type == FieldType.SELECT else ()
