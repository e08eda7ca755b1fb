"""Access tokens for XOAUTH2: asked from the provider when the last one runs out, kept in this process only."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.mailboxes.settings import Settings, TokenSettings
from rtpy.mailboxes.trouble import LoginRefused, Trouble
from rtpy.outbound.allowed import read_allowed
from rtpy.outbound.connection import Answer, NoAnswer, ask
from rtpy.outbound.target import read_target

SECONDS, MOST = 20.0, 64 * 1024
EARLY = 120
"""Seconds before its end at which a token is not used any more."""


@dataclass(frozen=True, slots=True)
class _Kept:
    settings: TokenSettings
    token: str
    until: float  # of time.monotonic


def access_token(app: App, settings: Settings, *, keep_refresh: Callable[[str], None]) -> str:
    """The token for one mailbox; `keep_refresh` is called when the provider replaces the refresh token.

    Raises Trouble, or LoginRefused when the provider does not want us any more.
    """
    asked = settings.token
    if asked is None:
        return ""
    kept: dict[int, _Kept] = app.caches.setdefault("mailboxes.tokens", {})
    known = kept.get(settings.mailbox_id)
    if known is not None and known.settings == asked and time.monotonic() < known.until:
        return known.token
    given = _ask(app, asked)
    token = given.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token or "\x01" in token:
        raise Trouble("The provider of tokens answered without an access token.")
    lasts = given.get("expires_in")
    seconds = int(lasts) if isinstance(lasts, int | str) and str(lasts).isdecimal() else 300
    kept[settings.mailbox_id] = _Kept(asked, token, time.monotonic() + max(seconds - EARLY, 0))
    renewed = given.get("refresh_token")
    if asked.refresh_token and isinstance(renewed, str) and renewed and renewed != asked.refresh_token:
        keep_refresh(renewed)
    return token


def forget_token(app: App, mailbox_id: int) -> None:
    """The mail server did not like it: ask for another one next time."""
    app.caches.get("mailboxes.tokens", {}).pop(mailbox_id, None)


def _ask(app: App, asked: TokenSettings) -> dict[str, object]:
    form = {"client_id": asked.client_id, "client_secret": asked.client_secret, "scope": asked.scope}
    if asked.refresh_token:
        form |= {"grant_type": "refresh_token", "refresh_token": asked.refresh_token}
    else:
        form |= {"grant_type": "client_credentials"}
    body = urlencode({name: value for name, value in form.items() if value}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    allowed = read_allowed(app.config.mail.token_allow)
    try:
        answer = ask(
            "POST",
            read_target(asked.url),
            headers=headers,
            body=body,
            allowed=allowed,
            seconds=SECONDS,
            most=MOST,
        )
    except (NoAnswer, Refused) as problem:
        raise Trouble(f"The provider of tokens cannot be asked: {str(problem).rstrip('.')}.") from None
    return _read(answer)


def _read(answer: Answer) -> dict[str, object]:
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        found = None
    said = found if isinstance(found, dict) else {}
    if answer.status == 200 and said:
        return said
    error = " ".join(str(said.get("error", "")).split())[:60]
    about = " ".join(str(said.get("error_description", "")).split())[:200].rstrip(".")
    why = f"{error}: {about}" if error and about else error or f"status {answer.status}"
    if error in ("invalid_grant", "invalid_client", "unauthorized_client"):
        raise LoginRefused(f"The provider gives no token ({why}). Give consent again and enter what is new.")
    raise Trouble(f"The provider gives no token ({why}).")
