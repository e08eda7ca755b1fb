"""One's own account: name, language, time zone, password, and where one is logged in."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.accounts import change_oneself
from rtpy.errors import Invalid, Problem
from rtpy.http.security import LOGGED_IN
from rtpy.identity.accounts import TooManyGuesses, confirm_password, set_password
from rtpy.identity.login import Passed, find_account
from rtpy.identity.sessions import end_sessions_of
from rtpy.models import User
from rtpy.web.letting_in import let_in
from rtpy.web.staff.forms import texts_of
from rtpy_portal.ratings.rating import wants_to_be_asked
from rtpy_portal.web.frame import frame
from rtpy_portal.web.visitors import PersonResource
from rtpy_portal.words import languages

TONGUES = {"en": "English", "de": "Deutsch"}
"""Languages by their own names."""
PLACES = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@view_config(
    route_name="portal.access.me", request_method="GET", renderer="portal/access/me.pt", permission=LOGGED_IN
)
def me(about: PersonResource, request: Request) -> Mapping[str, object] | Response:
    """The reader's own values; staff have a page of their own."""
    if about.visitor.is_staff:
        return HTTPSeeOther(request.route_path("people.account"))
    return _me(about, request)


@view_config(
    route_name="portal.access.me", request_method="POST", renderer="portal/access/me.pt", permission=LOGGED_IN
)
def me_post(about: PersonResource, request: Request) -> Mapping[str, object] | Response:
    """Fields `real_name`, `lang`, `timezone`."""
    say, given = request.portal_say, texts_of(request)
    problems = []
    if len(given.get("real_name", "")) > 200:
        problems.append(Problem("real_name", say("This name is too long.")))
    if given.get("lang", "") not in ("", *languages()):
        problems.append(Problem("lang", say("Please choose one of the languages.")))
    if given.get("timezone", "") not in ("", *_zones()):
        problems.append(Problem("timezone", say("Please choose one of the time zones.")))
    if problems:
        return _me(about, request, given, problems)
    change_oneself(about.work, **given)
    return HTTPSeeOther(request.route_path("portal.access.me", _query={"done": "saved"}))


@view_config(
    route_name="portal.access.password",
    request_method="POST",
    renderer="portal/access/me.pt",
    permission=LOGGED_IN,
)
def password_post(about: PersonResource, request: Request) -> Mapping[str, object] | Response:
    """Fields `old` (for who has a password), `password`, `again`. All logins end but this browser's."""
    say, given, work = request.portal_say, texts_of(request), about.work
    user = work.db.get_one(User, about.visitor.user_id)
    if not _keeps_password(request, user):
        return HTTPSeeOther(request.route_path("portal.access.me"))
    if given.get("password", "") != given.get("again", ""):
        return _me(
            about, request, problems=[Problem("again", say("The two new passwords are not the same."))]
        )
    try:
        confirm_password(work, given.get("old", ""))
    except TooManyGuesses:
        page = _me(
            about, request, problems=[Problem("old", say("That was too often. Please try again later."))]
        )
        request.response.status_int = 429
        return page
    except Invalid:
        return _me(about, request, problems=[Problem("old", say("This is not your present password."))])
    try:
        set_password(work, user, given.get("password", ""))
    except Invalid:
        shortest = request.app.config.login.shortest_password
        said = say(
            "Please take another password: at least ${count} characters, several words that have nothing to do with "
            "each other or with you.",
            count=shortest,
        )
        return _me(about, request, problems=[Problem("password", said)])
    passed = Passed(user.id, user.name, None, (), work.now, None)
    answer: Response = let_in(
        request, passed, request.route_path("portal.access.me", _query={"done": "password"})
    )
    return answer


@view_config(route_name="portal.access.end", request_method="POST", permission=LOGGED_IN)
def end_post(about: PersonResource, request: Request) -> Response:
    """Log out everywhere else, such as on a device that was lost."""
    end_sessions_of(about.work.db, about.visitor.user_id, but=request.login.session_id)
    return HTTPSeeOther(request.route_path("portal.access.me", _query={"done": "ended"}))


def _me(
    about: PersonResource,
    request: Request,
    typed: Mapping[str, str] | None = None,
    problems: list[Problem] | None = None,
) -> Mapping[str, object]:
    say = request.portal_say
    user = request.db.get_one(User, about.visitor.user_id)
    done = {
        "saved": say("Saved."),
        "password": say("Your password is changed, and all your other logins have ended."),
        "ended": say("All your other logins have ended."),
        "unasked": say("We will not ask you again. You can still rate any request on its page."),
        "asked": say("Thank you: we will ask you now and then."),
    }
    values = {"real_name": user.real_name, "lang": user.lang, "timezone": user.timezone, **(typed or {})}
    return frame(
        request,
        say("My account"),
        problems=problems or (),
        typed=values,
        address=user.email_address or "",
        login_name=user.name,
        said=done.get(request.GET.get("done", ""), ""),
        tongues=[(code, TONGUES.get(code, code)) for code in languages()],
        zones=_zones(),
        keeps_password=_keeps_password(request, user),
        has_password=user.password_hash is not None,
        shortest=request.app.config.login.shortest_password,
        save_url=request.route_path("portal.access.me"),
        password_url=request.route_path("portal.access.password"),
        end_url=request.route_path("portal.access.end"),
        is_asked=wants_to_be_asked(request.db, user.id),
        asking_url=request.route_path("portal.ratings.mine"),
    )


def _keeps_password(request: Request, user: User) -> bool:
    """Does this site keep their password, and not a directory of their company?"""
    account = find_account(request.app, user.name)
    return account is not None and not account.is_linked


def _zones() -> list[str]:
    return ["UTC", *sorted(name for name in available_timezones() if name.startswith(PLACES))]
