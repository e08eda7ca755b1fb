"""Who logged in, how and from where, and who was turned away: newest first, by words or by what became of it."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.identity.login_history import FAILED, LoginLine, find_logins
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.forms import Field, Option
from rtpy.web.login_words import RESULTS, name_browser, say_how, say_result

EVERYTHING = {"": "Whatever it was", FAILED: "Whoever did not come in", **RESULTS}


@view_config(
    route_name="admin.logins.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.ADMIN_USERS,
)
def list_logins(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of names or the beginning of an address, `?result=` what became of it. One query."""
    asked = read_asked(request)
    chosen = request.GET.get("result", "")
    result = chosen if chosen in EVERYTHING else ""
    found = find_logins(request.db, words=asked.words, result=result, limit=PER_PAGE + 1, offset=asked.offset)
    return list_values(
        request,
        asked,
        route="admin.logins.list",
        title="History of logins",
        intro=(
            "Who came in, how and from where, and who was turned away, for as long as the option "
            "login.history_days says. Names that nobody has are not kept: people type passwords there."
        ),
        columns=("Account", "When", "What became of it", "How", "From", "With"),
        lines=[_line(request, line) for line in found],
        empty="Nobody has tried to log in yet.",
        can_be_disabled=False,
        filters=(
            Field(
                "result",
                "What became of it",
                kind="select",
                options=tuple(
                    Option(str(value), label, value == result) for value, label in EVERYTHING.items()
                ),
            ),
        ),
    )


def _line(request: Request, line: LoginLine) -> Line:
    cells = (
        request.when(line.at),
        say_result(line.result),
        say_how(line.how),
        line.peer,
        name_browser(line.user_agent),
    )
    if line.user_id is None:
        same = request.route_path("admin.logins.list", _query={"q": line.peer})
        return Line("a name that nobody has", same, cells)
    url = request.route_path("admin.users.sessions", id=line.user_id)
    return Line(line.real_name or line.name, url, cells)
