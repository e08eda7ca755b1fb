"""The pages of the administration, by what they are about: the menu and the overview are made of this table."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyramid.request import Request

from rtpy.rights.names import Right


@dataclass(frozen=True, slots=True)
class AdminPage:
    """One page: where it stands, its route, icon, what can be done there, and the rights of which one is needed.

    `anywhere`: a right that is held on a single queue is enough.
    """

    group: str
    label: str
    route: str
    icon: str
    help: str
    rights: tuple[str, ...] = (Right.SUPER_USER,)
    anywhere: bool = False


ADMIN_PAGES: tuple[AdminPage, ...] = (
    AdminPage(
        "Mail",
        "Incoming mail",
        "admin.mail.incoming",
        "mail",
        "Every mail that came in, what became of it, and a second try.",
    ),
    AdminPage(
        "Mail",
        "Outgoing mail",
        "admin.mail.outgoing",
        "mail",
        "Every mail that goes out, by state; hold, release, send again.",
    ),
    AdminPage(
        "Automation",
        "Scrip failures",
        "admin.scrip_failures",
        "alert",
        "Scrips and templates that broke, on which ticket and why.",
        (Right.SHOW_CONFIG_TAB,),
    ),
    AdminPage(
        "System",
        "Log of changes",
        "admin.log.list",
        "history",
        "Who changed what of the set-up, with the values before and after.",
    ),
)


def pages_for(request: Request) -> Iterator[AdminPage]:
    """The pages that the reader may open, in the order of the table."""
    rights = request.work.rights
    for page in ADMIN_PAGES:
        held = (rights.of(right) for right in page.rights)
        if any(grants.everywhere or (page.anywhere and not grants.nowhere) for grants in held):
            yield page
