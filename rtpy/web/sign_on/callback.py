"""Coming back from a provider: what it says is proved, the person found, and the session begun."""

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy.exc import IntegrityError

from rtpy.http.resources import SystemResource
from rtpy.http.transactions import open_writing_session
from rtpy.identity.login import Passed
from rtpy.identity.login_history import Result, note_login
from rtpy.identity.logins import How
from rtpy.identity.oidc.flow import STALE, Finished, SignOnFailed, finish_sign_on
from rtpy.identity.oidc.linking import person_of
from rtpy.web.letting_in import let_in
from rtpy.web.sign_on.start import SIGN_ON_COOKIE, login_page

_FINISHED = "rtpy.sign_on_finished"
"""In the environ: what the provider proved, for another attempt when the database was busy; its answer is good once."""


@view_config(
    route_name="sign_on.callback",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
)
def come_back(resource: SystemResource, request: Request) -> Response:
    """Asked by GET, as the provider redirects to it; what it does is bound to the cookie of the beginning."""
    app, wanted = request.app, None
    request.response.delete_cookie(SIGN_ON_COOKIE, path=request.script_name + "/")
    # nothing is asked of the database for this request before the provider has answered
    try:
        finished: Finished = request.environ.get(_FINISHED) or finish_sign_on(
            app, int(request.matchdict["id"]), _answer(request), request.cookies.get(SIGN_ON_COOKIE, "")
        )
    except SignOnFailed as failed:
        return login_page(request, 403, None, str(failed))
    request.environ[_FINISHED] = finished
    wanted = finished.wanted
    request.db = open_writing_session(request)
    work = app.work_in(request.db)
    try:
        with request.db.begin_nested():
            user = person_of(work, finished.provider, finished.identity)
    except SignOnFailed as failed:
        if failed.user_id is not None:
            result = Result.DISABLED if failed.is_disabled else Result.REFUSED
            agent = request.user_agent or ""
            note_login(
                request.db,
                failed.user_id,
                How.SIGN_ON,
                result,
                at=work.now,
                peer=request.peer,
                user_agent=agent,
            )
        return login_page(request, 403, wanted, str(failed))
    except IntegrityError:  # the same person, in two windows at the very same moment
        return login_page(request, 403, wanted, STALE)
    answer = let_in(request, Passed(user.id, user.name, None, (), work.now, None, How.SIGN_ON), wanted)
    answer.delete_cookie(SIGN_ON_COOKIE, path=request.script_name + "/")
    return answer


def _answer(request: Request) -> dict[str, str]:
    """The parameters; one that is given twice is no answer of ours to trust (RFC 6749 3.1)."""
    given = request.GET
    return {name: given[name] for name in ("state", "code", "iss", "error") if len(given.getall(name)) == 1}
