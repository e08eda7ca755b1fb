"""The numbers of documents: what a text belongs to, who may read it and what it is, all told by its id.

So the index answers which tickets hold a word without a look into any other table, and the documents of one ticket
lie side by side: `space (3 bits) | object (40) | seal (2) | kind (2) | count (16)`.
"""

from enum import IntEnum

from sqlalchemy import BigInteger, ColumnElement, literal_column

OBJECT_SHIFT = 20
SPACE_SHIFT = 60
SEAL_SHIFT = 18
KIND_SHIFT = 16
MOST_OF_A_KIND = 1 << KIND_SHIFT
"""Documents of one kind and seal of one thing; more are not taken in."""
LARGEST_OBJECT = (1 << (SPACE_SHIFT - OBJECT_SHIFT)) - 1


class Space(IntEnum):
    """To what a document belongs."""

    TICKET = 0
    ARTICLE = 1
    ASSET = 2


class Seal(IntEnum):
    """Who may read a document, besides the right to see the thing itself."""

    PUBLIC = 0
    """Customers too: the request, replies, subjects (`rtpy.history.public`)."""
    INTERNAL = 1
    """Staff."""
    COMMENT = 2
    """Who holds ShowTicketComments."""


class Kind(IntEnum):
    """What a document is."""

    SUBJECT = 0
    """Subject or description of a ticket; all of an article or asset."""
    MESSAGE = 1
    FILE = 2


def first_id(space: Space, object_id: int, seal: Seal = Seal.PUBLIC, kind: Kind = Kind.SUBJECT) -> int:
    """The smallest id of such documents."""
    return space << SPACE_SHIFT | object_id << OBJECT_SHIFT | seal << SEAL_SHIFT | kind << KIND_SHIFT


def last_id(space: Space, object_id: int) -> int:
    """The largest id of any document of a thing."""
    return first_id(space, object_id + 1) - 1


def object_of(number: int) -> int:
    """The ticket, article or asset to which a document belongs."""
    return (number >> OBJECT_SHIFT) & LARGEST_OBJECT


def seal_of(number: int) -> Seal:
    """Who may read a document."""
    return Seal((number >> SEAL_SHIFT) & 3)


def kind_of(number: int) -> Kind:
    """What a document is."""
    return Kind((number >> KIND_SHIFT) & 3)


def shifted(id_: ColumnElement[int], bits: int) -> ColumnElement[int]:
    """A column of ids without its lowest bits. The number is written out, as indexes and statistics know it."""
    return id_.op(">>", return_type=BigInteger())(literal_column(str(bits)))


def part_of(id_: ColumnElement[int], bits: int) -> ColumnElement[int]:
    """The two bits of a column of ids that hold its seal (SEAL_SHIFT) or its kind (KIND_SHIFT)."""
    return shifted(id_, bits).op("&", return_type=BigInteger())(literal_column("3"))
