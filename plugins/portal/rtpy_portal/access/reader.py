"""Readers: who somebody is to what is written for an audience, such as pages of knowledge and known issues."""

from dataclasses import dataclass

from rtpy_portal.access.visitor import Visitor, Way


@dataclass(frozen=True, slots=True)
class Reader:
    """Of an audience: staff read everything that is published, members what is for their organisations, all the rest.

    Who came by a key reads what is for everybody: a forwarded mail must open nothing of an organisation.
    """

    organization_ids: frozenset[int] = frozenset()
    is_staff: bool = False
    lang: str = "en"
    user_id: int | None = None


def reader_of(visitor: Visitor | None, lang: str) -> Reader:
    """The reader that a visitor is, in a language of the portal; an organisation that is closed for them is none."""
    if visitor is None or visitor.way is Way.KEY:
        return Reader(lang=lang)
    found = frozenset(each.organization_id for each in visitor.memberships if not each.is_off)
    return Reader(found, visitor.is_staff, lang, visitor.user_id)
