"""What a provider publishes about itself: its addresses and its keys, fetched seldom and kept for an hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from rtpy.app import App
from rtpy.db.leases import has_ended
from rtpy.identity.oidc.asking import ProviderSilent, fetch_json
from rtpy.identity.oidc.provider import check_place
from rtpy.outbound.target import NotAllowed

WELL_KNOWN = "/.well-known/openid-configuration"
KEPT = timedelta(hours=1)
SILENT_FOR = timedelta(seconds=15)
"""So long a provider that did not answer is not asked again: waiting for it would hold up the other pages."""
MOST_KEYS = 50


@dataclass(frozen=True, slots=True)
class Metadata:
    """A provider's own word, checked: the addresses, and what it can do."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    auth_method: str
    """How it wants to be told the client's secret."""
    names_itself: bool
    """It says in each answer who it is (RFC 9207)."""
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any  # Metadata, KeySet, or the sentence of a failure
    until: datetime


def discover(app: App, issuer: str, *, has_secret: bool, anew: bool = False) -> Metadata:
    """The document of discovery. Raises ProviderSilent. Must be called outside any transaction."""

    def read() -> Metadata:
        return _read(app, issuer, has_secret, fetch_json(app.config, issuer.rstrip("/") + WELL_KNOWN))

    found: Metadata = _kept(app, ("metadata", issuer, has_secret), read, anew=anew)
    return found


def keys_of(app: App, metadata: Metadata, *, anew: bool = False) -> KeySet:
    """The keys that it signs with. Raises ProviderSilent. Must be called outside any transaction."""

    def read() -> KeySet:
        return read_keys(fetch_json(app.config, metadata.jwks_uri))

    found: KeySet = _kept(app, ("keys", metadata.jwks_uri), read, anew=anew)
    return found


def read_keys(document: Mapping[str, Any]) -> KeySet:
    """The public keys for signatures of a JWKS; keys of other kinds are left out, secrets among them.

    Raises ProviderSilent when none is left.
    """
    listed = document.get("keys")
    keys = []
    for each in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        if not isinstance(each, dict) or each.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        if each.get("use", "sig") != "sig":
            continue
        try:
            keys.append(JWKRegistry.import_key(each))
        except (JoseError, ValueError, TypeError, KeyError):
            continue  # one broken key is no reason to trust none
    if not keys:
        raise ProviderSilent("Its set of keys holds none that is good for signatures.")
    return KeySet(keys)


def _read(app: App, issuer: str, has_secret: bool, document: Mapping[str, Any]) -> Metadata:
    def address(name: str, *, required: bool = True) -> str:
        given = document.get(name)
        if not given and not required:
            return ""
        try:
            check_place(app.config, str(given or ""))
        except NotAllowed as wrong:
            raise ProviderSilent(f"Its {name} is not good: {wrong}") from None
        return str(given)

    said = document.get("issuer")
    if said != issuer:
        raise ProviderSilent(
            f"It says that its issuer is “{str(said)[:200]}”, not “{issuer}”: copy exactly what it says."
        )
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    claims = document.get("claims_supported")
    return Metadata(
        issuer,
        address("authorization_endpoint"),
        address("token_endpoint"),
        address("jwks_uri"),
        address("userinfo_endpoint", required=False),
        _auth_method(methods if isinstance(methods, list) else [], has_secret),
        document.get("authorization_response_iss_parameter_supported") is True,
        tuple(str(each) for each in claims) if isinstance(claims, list) else (),
    )


def _auth_method(methods: list[Any], has_secret: bool) -> str:
    if not has_secret:
        return "none"
    return next(
        (each for each in ("client_secret_basic", "client_secret_post") if each in methods),
        "client_secret_basic",
    )


def _kept(app: App, key: tuple[object, ...], read: Any, *, anew: bool) -> Any:
    """The value of `read`, kept per process; a failure is kept too, for a moment."""
    kept: dict[tuple[object, ...], _Kept] = app.caches.setdefault("sign_on.published", {})
    now, found = app.clock.now(), kept.get(key)
    if found is not None and not has_ended(found.until, now, KEPT) and not anew:
        if isinstance(found.value, str):
            raise ProviderSilent(found.value)
        return found.value
    try:
        value = read()
    except ProviderSilent as silent:
        kept[key] = _Kept(str(silent), now + SILENT_FOR)
        raise
    kept[key] = _Kept(value, now + KEPT)
    return value
