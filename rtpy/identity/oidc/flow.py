"""A login over a provider from the button to the proved identity: the code flow with PKCE, each step bounded.

No transaction is open while the provider is asked: short ones before note and take what is under way.
"""

import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.identity.login import PEER, count_attempt, network_of, sign
from rtpy.identity.oidc.asking import GuardedPosts, ProviderSilent, fetch_json
from rtpy.identity.oidc.id_token import Identity, NotBelieved, read_id_token
from rtpy.identity.oidc.metadata import Metadata, discover, keys_of
from rtpy.identity.oidc.provider import Provider, callback_url, find_provider
from rtpy.identity.sessions import hash_token
from rtpy.models import SignOn

log = logging.getLogger("rtpy.login")

MINUTES = 10
"""How long a login may take at the provider."""
LONGEST_ANSWER = 4096
STALE = "This login is over, or was begun in another window. Please begin again."
_SAID = {
    "access_denied": "The provider says that you may not log in, or you chose not to.",
    "temporarily_unavailable": "The provider is busy. Please try again in a moment.",
    "server_error": "The provider has a fault of its own. Please try again in a moment.",
}


class SignOnFailed(Refused):
    """A login over a provider that came to nothing; the sentence is for the person.

    `user_id` is whose account it was about, where that is known.
    """

    def __init__(self, sentence: str, user_id: int | None = None, *, is_disabled: bool = False) -> None:
        super().__init__(sentence)
        self.user_id = user_id
        self.is_disabled = is_disabled


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the value of the cookie that it must bring back."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Whom the provider has proved, and the path of ours that was wanted."""

    provider: Provider
    identity: Identity
    wanted: str


def count_beginning(app: App, peer: str) -> None:
    """Count a login that begins at this address of the network. Raises TooManyLogins; a transaction of its own."""
    count_attempt(app, ((f"sign-on:peer:{network_of(peer)}", PEER),), app.clock.now())


def begin_sign_on(app: App, provider: Provider, wanted: str) -> Begun:
    """Note a login under way. Raises SignOnFailed when the provider cannot be asked; opens transactions of its own."""
    try:
        metadata = discover(app, provider.issuer, has_secret=bool(provider.client_secret))
    except ProviderSilent as silent:
        log.warning("single sign-on: %s cannot be asked: %s", provider.name, silent)
        raise SignOnFailed(
            f"{provider.name} cannot be reached at the moment. Please try again later."
        ) from None
    state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with app.work() as work:
        connection = work.db.connection()
        connection.execute(delete(SignOn).where(SignOn.expires < work.now))
        work.db.add(
            SignOn(
                state_hash=hash_token(state),
                browser_hash=hash_token(browser),
                provider_id=provider.id,
                wanted=wanted,
                expires=work.now + timedelta(minutes=MINUTES),
            )
        )
    url, _ = _client(app, provider, metadata).create_authorization_url(
        metadata.authorization_endpoint,
        state=state,
        code_verifier=_derive(app, "verifier", state, browser),
        nonce=_derive(app, "nonce", state, browser),
    )
    return Begun(url, browser)


def finish_sign_on(app: App, provider_id: int, answer: Mapping[str, str], browser: str) -> Finished:
    """What the provider's answer, brought by the browser, proves. Good once, whatever comes of it.

    Raises SignOnFailed. Must be called outside any transaction; opens short ones of its own.
    """
    state = answer.get("state", "")
    if not browser or not state or len(state) > 200 or len(browser) > 200:
        raise SignOnFailed(STALE)
    with app.work() as work:
        taken = work.db.execute(
            delete(SignOn)
            .where(SignOn.state_hash == hash_token(state))
            .returning(SignOn.browser_hash, SignOn.provider_id, SignOn.wanted, SignOn.expires)
        ).first()
        provider = find_provider(app, work.db, provider_id)
        now = work.now
    if (
        taken is None
        or not hmac.compare_digest(taken.browser_hash, hash_token(browser))
        or taken.provider_id != provider_id
        or taken.expires <= now
    ):
        raise SignOnFailed(STALE)
    if provider is None:
        raise SignOnFailed("This way to log in was switched off. Please choose another one.")
    try:
        identity = _prove(app, provider, answer, state, browser)
    except (ProviderSilent, NotBelieved) as wrong:
        log.warning("single sign-on: %s was not believed: %s", provider.name, wrong)
        raise SignOnFailed(
            f"The answer of {provider.name} proves nothing. Please try again; if it happens again, tell your "
            "administrator, who finds the reason in the log."
        ) from None
    return Finished(provider, identity, taken.wanted)


def _prove(app: App, provider: Provider, answer: Mapping[str, str], state: str, browser: str) -> Identity:
    metadata = discover(app, provider.issuer, has_secret=bool(provider.client_secret))
    issuer = answer.get("iss")
    if issuer is None and metadata.names_itself:
        raise NotBelieved("The answer does not say whose it is (iss).")
    if issuer is not None and issuer != provider.issuer:
        raise NotBelieved("The answer is of another issuer.")
    if "error" in answer:
        log.info("single sign-on: %s refused: %r", provider.name, answer["error"][:100])
        raise SignOnFailed(_SAID.get(answer["error"], "The provider refused this login. Please try again."))
    code = answer.get("code", "")
    if not 0 < len(code) <= LONGEST_ANSWER or not code.isascii() or not code.isprintable():
        raise NotBelieved("The answer has no code.")
    tokens = _tokens(app, provider, metadata, code, _derive(app, "verifier", state, browser))
    identity = read_id_token(
        tokens.get("id_token"),
        lambda anew: keys_of(app, metadata, anew=anew),
        issuer=provider.issuer,
        client_id=provider.client_id,
        nonce=_derive(app, "nonce", state, browser),
        now=app.clock.now(),
    )
    return _with_userinfo(app, metadata, identity, tokens.get("access_token"))


def _tokens(app: App, provider: Provider, metadata: Metadata, code: str, verifier: str) -> Mapping[str, Any]:
    """What the provider gives for the code; Any: Authlib's dictionary."""
    from authlib.oauth2 import OAuth2Error

    client = _client(app, provider, metadata)
    try:
        found: Mapping[str, Any] = client.fetch_token(
            metadata.token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
        )
    except (OAuth2Error, ValueError) as wrong:
        raise NotBelieved(f"The code was not taken: {str(wrong)[:200]}") from None
    return found


def _with_userinfo(app: App, metadata: Metadata, identity: Identity, access_token: object) -> Identity:
    """Some providers say the mail address only at their userinfo; it counts when it is about the same subject."""
    if "email" in identity.claims or not metadata.userinfo_endpoint or not isinstance(access_token, str):
        return identity
    if not access_token.isascii() or not access_token.isprintable():
        return identity
    headers = {"Authorization": f"Bearer {access_token}"}
    try:
        said = fetch_json(app.config, metadata.userinfo_endpoint, headers=headers)
    except ProviderSilent as silent:
        log.warning("single sign-on: nothing from userinfo: %s", silent)
        return identity
    if said.get("sub") != identity.subject:
        raise NotBelieved("Its userinfo is about somebody else.")
    return Identity(identity.issuer, identity.subject, {**identity.claims, **said})


def _client(app: App, provider: Provider, metadata: Metadata) -> Any:
    """Authlib's client, which is untyped."""
    from authlib.oauth2.client import OAuth2Client  # only who signs on needs it

    return OAuth2Client(
        GuardedPosts(app.config),
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        token_endpoint_auth_method=metadata.auth_method,
        scope=provider.scopes,
        redirect_uri=callback_url(app.config, provider.id),
        code_challenge_method="S256",
    )


def _derive(app: App, what: str, state: str, browser: str) -> str:
    """Nonce and verifier are not stored: they follow from what address and cookie carry, and the site's secret."""
    return sign(app, f"sign-on {what} {state} {browser}")
