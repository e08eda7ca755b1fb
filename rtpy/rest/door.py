"""The door of the faces for programs: who calls, by cookie, token, or name and password, in RT's order."""

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

from pyramid.exceptions import BadCSRFOrigin
from pyramid.request import Request
from sqlalchemy.orm import Session

from rtpy.errors import Refused
from rtpy.http.csrf import check_origin, is_from_own_page
from rtpy.http.request import COOKIE
from rtpy.http.seeing import look_as
from rtpy.http.transactions import SAFE_METHODS, let_go
from rtpy.identity.basic import AskDirectory, ask_directory, find_password_login
from rtpy.identity.login import TooManyLogins
from rtpy.identity.login_history import Result, note_failed
from rtpy.identity.logins import How, Login, Through
from rtpy.identity.scopes import ONLY_READ
from rtpy.identity.second_factor.required import lacks_factor
from rtpy.identity.sessions import SessionKind, find_session
from rtpy.identity.tokens import find_token_login
from rtpy.logs.facts import note
from rtpy.rest.sessions import rest_cookie_name
from rtpy.work import Actor, Face, Work

FORM = "application/x-www-form-urlencoded"


class NeedsToken(Refused):
    """The password was right, and is one factor of two (to be had): programs of such people have tokens."""

    def __init__(self) -> None:
        super().__init__(
            "A password alone does not open this account: it has, or must have, a second factor. "
            "Make a token on the page My tokens, and let the program log in with that."
        )


class ForgedCall(Refused):
    """A browser sent its cookie with a call that changes something, and nothing says that one of our pages asked."""

    def __init__(self) -> None:
        super().__init__(
            "A cookie alone does not open this: the call may come from another site. "
            "Send the header X-CSRF-Token, or use a token."
        )


def find_caller(
    request: Request, *, basic: bool = True, token_parameter: bool = True, unsafe: bool | None = None
) -> Login | None:
    """Who calls; None when nothing that the request brings is a good login. Sets nothing. One query for each way tried.

    `basic`: are a name and a password in the header looked at? `token_parameter`: and a token among the parameters?
    `unsafe`: may the call change something? By default that is what its method says.
    Raises ForgedCall (an answer of 403) when only a cookie was good and it does not count, and TooManyLogins
    (429; it has `wait`, in seconds) when a password was not even looked at, NeedsToken when it is one factor of two.
    """
    if unsafe is None:
        unsafe = request.method not in SAFE_METHODS
    with reading(request) as db:
        forged = False
        for found in _by_cookies(request, db):
            if not unsafe or _is_own(request, found):
                return found
            forged = True
        now = request.app.clock.now()
        for text in _tokens(request, in_parameters=token_parameter):
            found_by_token = find_token_login(db.connection(), text, now)
            if found_by_token is not None:
                return found_by_token
    given = _name_and_password(request) if basic else None
    by_password = find_by_password(request, *given) if given is not None else None
    if by_password is not None:
        return by_password
    if forged:
        raise ForgedCall
    return None


def find_by_password(request: Request, name: str, password: str) -> Login | None:
    """Whose name and password these are, as parameters or by Basic. Raises TooManyLogins and NeedsToken.

    Every attempt that fails is in the history of logins; a right password alone is not enough for everybody.
    """
    app, came = request.app, {"peer": request.peer, "user_agent": request.user_agent or ""}
    try:
        login, needs_more = _by_password(request, name, password, came)
    except TooManyLogins:
        note_failed(app, name, Result.TOO_MANY, how=How.PROGRAM, **came)
        raise
    if login is None:
        note_failed(app, name, Result.WRONG_PASSWORD, how=How.PROGRAM, **came)
    elif needs_more:
        note_failed(app, name, Result.NEEDS_TOKEN, how=How.PROGRAM, **came)
        raise NeedsToken
    return login


def _by_password(
    request: Request, name: str, password: str, came: Mapping[str, str]
) -> tuple[Login | None, bool]:
    """Whose they are, and whether that is one factor of two. A directory is asked between two transactions."""
    app = request.app
    for _ in range(2):
        try:
            with reading(request) as db:
                login = find_password_login(app, db, name, password, **came)
                return login, login is not None and (login.has_second_factor or lacks_factor(app, db, login))
        except AskDirectory as ask:
            let_go(request)
            asked = ask_directory(app, ask, password, **came)
        if asked is None:
            break
        name = asked
    return None, False


def make_work(request: Request, login: Login, face: Face) -> Work:
    """The work of who calls, no further than the login's scope reaches. `request.login` must be `login` already."""
    note(user=login.user_id)
    work: Work = request.app.work_in(request.db, Actor(login.user_id, login.name, face))
    work.only_queues = login.scope.queues
    if request.method in SAFE_METHODS:
        work.standing = login.standing  # read in this very transaction
    return work


@contextmanager
def reading(request: Request) -> Iterator[Session]:
    """Where to ask who somebody is: a call that may write asks in a transaction of its own, which reads only.

    So nobody who is not let in takes the writer's turn.
    """
    if request.method in SAFE_METHODS:
        yield request.db
    else:
        with request.app.reading_sessions() as db:
            yield db


def _by_cookies(request: Request, db: Session) -> Iterator[Login]:
    """The good logins of the cookies: of the pages, then of programs."""
    now = request.app.clock.now()
    for name, kind in ((COOKIE, SessionKind.WEB), (rest_cookie_name(request.app), SessionKind.REST)):
        token = request.cookies.get(name)
        login = find_session(db.connection(), token, now, kind) if token else None
        if login is None or lacks_factor(request.app, db, login):
            continue
        seen = look_as(db, login) if kind is SessionKind.WEB else None
        yield replace(seen, scope=ONLY_READ) if seen is not None else login


def _is_own(request: Request, login: Login) -> bool:
    """Does the cookie count for a call that changes something?

    Browsers send a cookie of the pages along by themselves, so something must prove that a page of ours asked. The
    other cookie is a program's, which proves nothing: it is enough that no browser says that another site asked.
    """
    if login.through is Through.BROWSER:
        return is_from_own_page(request, login.csrf_token)
    try:
        check_origin(request)
    except BadCSRFOrigin:
        return False
    return True


def _tokens(request: Request, *, in_parameters: bool) -> Iterator[str]:
    """The texts that may be tokens. `Bearer` is ours, RT knows `token`."""
    word, _, text = request.headers.get("Authorization", "").strip().partition(" ")
    if word.lower() in ("token", "bearer"):
        yield text
    if not in_parameters:
        return
    yield request.GET.get("token", "")
    if request.content_type == FORM:
        with suppress(UnicodeDecodeError):  # it is no form then
            given = request.POST.get("token", "")
            if isinstance(given, str):
                yield given


def _name_and_password(request: Request) -> tuple[str, str] | None:
    """Of the header `Authorization: Basic`; None without one that can be read. Latin-1 where it is no UTF-8."""
    word, _, text = request.headers.get("Authorization", "").strip().partition(" ")
    if word.lower() != "basic":
        return None
    try:
        raw = b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        pair = raw.decode()
    except UnicodeDecodeError:
        pair = raw.decode("latin-1")
    name, colon, password = pair.partition(":")
    return (name, password) if colon else None
