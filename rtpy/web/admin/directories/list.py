"""The list of directories, in the order in which unknown names are looked for."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.http.resources import SystemResource
from rtpy.identity.directories.presets import KINDS
from rtpy.models import DirectoryPerson, Organization, UserDirectory
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked

_PEOPLE = (
    select(func.count(DirectoryPerson.id))
    .where(DirectoryPerson.directory_id == UserDirectory.id)
    .correlate(UserDirectory)
    .scalar_subquery()
)
_ROWS = (
    select(UserDirectory, Organization.name.label("client"), _PEOPLE.label("people"))
    .outerjoin(Organization, Organization.id == UserDirectory.organization_id)
    # Ours before those of clients, whatever the numbers: nobody's password goes to a client's server first.
    .order_by(UserDirectory.organization_id.is_not(None), UserDirectory.position, UserDirectory.id)
)


@view_config(
    route_name="admin.directory.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SUPER_USER,
)
def list_directories(resource: SystemResource, request: Request) -> dict[str, object]:
    """All: there are few, and a new one is switched off while it is set up. One query."""
    asked = read_asked(request)
    query = _ROWS.limit(PER_PAGE + 1).offset(asked.offset)
    for word in asked.words.split()[:5]:
        query = query.where(UserDirectory.name.icontains(word, autoescape=True))
    lines = [
        Line(
            row.name,
            request.route_path("admin.directory.modify", id=row.id),
            (KINDS[row.kind], client or "ours", ", ".join(row.urls), f"{people:,}" if people else ""),
            "off" if row.disabled else "",
        )
        for row, client, people in request.db.execute(query)
    ]
    return list_values(
        request,
        asked,
        route="admin.directory.list",
        title="Directories",
        intro="LDAP servers and Active Directories whose people log in here with the password they have there. "
        "A local account with a password of its own never depends on any of them.",
        columns=("Name", "Kind", "Whose", "Servers", "Accounts here"),
        lines=lines,
        create_url=request.route_path("admin.directory.create"),
        create_label="New directory",
        can_be_disabled=False,
        empty="Nobody logs in through a directory yet.",
    )
