"""Fields of a body that nobody knows: told to the client, not passed over.

RT passes over what it does not know, so that a typing error is never found. Here an update says it in its list of
messages, behind those of the fields that it knew, and a new thing is not made. What RT itself is sent by its own pages
and clients without looking at it (`TOLERATED`) is passed over here as well.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from rtpy.rest2.documents import Read
from rtpy.rest2.problem import Problem

TOLERATED = frozenset(
    {"id", "EffectiveId", "Creator", "Created", "LastUpdated", "LastUpdatedBy", "_url", "_hyperlinks", "type"}
)
"""What records say of themselves: a client may send back what it has read. They are never set."""


def unknown_fields(
    document: Mapping[str, Any], known: Collection[str], *, tolerated: Iterable[str] = ()
) -> list[str]:
    """The fields of a body that mean nothing, in its order. Names count as they are written, as in RT.

    Parameters of the address are no fields unless they are known: proxies and browsers add their own.
    """
    passed = {*TOLERATED, *tolerated}
    if isinstance(document, Read):
        passed |= document.by_address
    return [name for name in document if name not in known and name not in passed]


def refuse_unknown(
    document: Mapping[str, Any], known: Collection[str], *, tolerated: Iterable[str] = ()
) -> None:
    """For what is to be made: raises Problem 400 that names the fields."""
    found = unknown_fields(document, known, tolerated=tolerated)
    if found:
        raise Problem(400, "; ".join(f"Unknown field '{name[:60]}'" for name in found[:20]))


def say_unknown(
    label: str, document: Mapping[str, Any], known: Collection[str], *, tolerated: Iterable[str] = ()
) -> list[str]:
    """For an update: one message for each, such as `Ticket 5: Unknown field 'Bogus'`. `label` is such as "Ticket 5"."""
    found = unknown_fields(document, known, tolerated=tolerated)
    return [f"{label}: Unknown field '{name[:60]}'" for name in found[:100]]
