"""How often people of one customer are asked."""

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem
from rtpy.models import Organization
from rtpy.work import Work
from rtpy_portal.models import RatingShare
from rtpy_portal.rights import ADMIN_PORTAL


def save_share(work: Work, organization: Organization, typed: str) -> None:
    """Of a hundred solved requests ask after so many; empty: the number of the settings. Needs AdminPortal."""
    need_system(work, ADMIN_PORTAL)
    typed = typed.strip().removesuffix("%").strip()
    if typed and not (typed.isascii() and typed.isdigit() and int(typed[:4]) <= 100):
        raise Invalid(
            Problem("percent", "Write a whole number from 0 to 100, or nothing for the usual number.")
        )
    row = work.db.get(RatingShare, organization.id)
    before = None if row is None else row.percent
    after = int(typed) if typed else None
    if row is not None and after is None:
        work.db.delete(row)
    elif row is not None and after is not None:
        row.percent = after
    elif after is not None:
        work.db.add(RatingShare(organization_id=organization.id, percent=after))
    work.db.flush()
    note_configuration(
        work,
        "portal_rating_share",
        organization.id,
        organization.name,
        {"percent": before},
        {"percent": after},
    )
