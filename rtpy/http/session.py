"""The browser's session: flash messages between two pages, and the cookies that carry a login."""

from typing import Any

from pyramid.config import Configurator
from pyramid.interfaces import ISession
from pyramid.request import Request
from pyramid.response import Response
from zope.interface import implementer

from rtpy.http.request import COOKIE
from rtpy.http.transactions import SAFE_METHODS
from rtpy.identity.login_history import Result, note_login
from rtpy.identity.logins import NEVER, How, Login, Through
from rtpy.identity.sessions import REST_DAYS, SEEN_EVERY, save_session_data, touch_session
from rtpy.identity.tokens import touch_token

DEVICE_COOKIE = "rtpy_device"
BEFORE_LOGIN_COOKIE = "rtpy_before_login"
YEAR = 365 * 24 * 3600


@implementer(ISession)
class BrowserSession(dict[str, Any]):
    """What is kept for one login, as Pyramid wants it; without a login nothing is kept.

    Flash messages are pairs of tone (ok, info, warn, bad) and text. Request that write keep them in their own
    transaction, so a message is only ever shown for something that was done.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        login: Login | None = request.login
        super().__init__(login.data if login else {})
        self.is_changed = False

    def flash(self, message: Any, queue: str = "", allow_duplicate: bool = True) -> None:
        """Show `message` on the next page."""
        waiting = self.setdefault(f"flash{queue}", [])
        if allow_duplicate or message not in waiting:
            waiting.append(message)
        self.changed()

    def pop_flash(self, queue: str = "") -> list[Any]:
        """The waiting messages, which then wait no more."""
        waiting: list[Any] = self.pop(f"flash{queue}", [])
        if waiting:
            self.changed()
        return waiting

    def peek_flash(self, queue: str = "") -> list[Any]:
        """The waiting messages."""
        waiting: list[Any] = self.get(f"flash{queue}", [])
        return waiting

    def changed(self) -> None:
        """Keep what is in it: with the request's own transaction if that may write, else after it."""
        if not self.is_changed and self._request.method not in SAFE_METHODS:
            self._request.tm.get().addBeforeCommitHook(self._save_with_request)
        self.is_changed = True

    def _save_with_request(self) -> None:
        login: Login | None = self._request.login
        if login is not None and login.session_id is not None:
            save_session_data(self._request.db, login.session_id, dict(self))
        self.is_changed = False


def includeme(config: Configurator) -> None:
    """`request.session` and `request.flash(text, tone)`."""
    config.set_session_factory(BrowserSession)
    config.add_request_method(flash)


def flash(request: Request, text: object, tone: str = "ok") -> None:
    """Tell the reader `text` on the next page; `tone` is ok, info, warn or bad."""
    request.session.flash([tone, str(text)])


def keep_session(request: Request) -> None:
    """After a request: note that its session or token was used, and what the session showed.

    A short transaction, at most one a minute unless messages were shown. Name and password leave no trace here.
    """
    login: Login | None = request.__dict__.get("login")
    if login is None or (login.session_id is None and login.token_id is None):
        return
    app, now = request.app, request.app.clock.now()
    session: BrowserSession | None = request.__dict__.get("session")
    is_changed = session is not None and session.is_changed and request.method in SAFE_METHODS
    if not is_changed and abs(now - login.seen) < SEEN_EVERY:
        return
    with app.sessions() as db:
        if login.token_id is not None:
            touch_token(db, login.token_id, now=now, peer=request.peer)
            if login.seen == NEVER:
                came = {"peer": request.peer, "user_agent": request.user_agent or ""}
                note_login(db, login.user_id, How.TOKEN, Result.IN, at=now, **came)
        if login.session_id is not None:
            if is_changed and session is not None:
                save_session_data(db, login.session_id, dict(session))
            days = REST_DAYS if login.through is Through.REST else app.config.web.session_days
            touch_session(db, login.session_id, now=now, days=days)
        db.commit()


def set_cookie(request: Request, response: Response, name: str, value: str, *, max_age: int | None) -> None:
    """A cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path=request.script_name + "/",
        httponly=True,
        samesite="Lax",
        secure=request.app.config.secure_cookies,
    )


def set_login_cookies(request: Request, response: Response, token: str, device: str) -> None:
    """The cookies of a fresh login; what was before it is gone."""
    set_cookie(request, response, COOKIE, token, max_age=request.app.config.web.session_days * 24 * 3600)
    set_cookie(request, response, DEVICE_COOKIE, device, max_age=YEAR)
    response.delete_cookie(BEFORE_LOGIN_COOKIE, path=request.script_name + "/")


def drop_login_cookies(request: Request, response: Response) -> None:
    """Logged out."""
    response.delete_cookie(COOKIE, path=request.script_name + "/")
    response.delete_cookie(BEFORE_LOGIN_COOKIE, path=request.script_name + "/")
