"""The ID token: who the provider says somebody is, believed only when every word of it is for us and for now."""

import hmac
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from rtpy.errors import Refused

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has. Never `none`, never HS…, whose secret we would share."""
LEEWAY = 60
"""Seconds that its clock may differ from ours."""
LONGEST = 64 * 1024
LONGEST_SUBJECT = 255


class NotBelieved(Refused):
    """The token proves nothing; the sentence says why, for the log."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a provider has proved: `subject` is its own unchanging name for them, `claims` is all that it says."""

    issuer: str
    subject: str
    claims: Mapping[str, Any] = field(default_factory=dict)


def read_id_token(
    token: object,
    keys_of: Callable[[bool], KeySet],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    now: datetime,
) -> Identity:
    """Check signature and claims (OpenID Connect Core 3.1.3.7) and say who it is. Raises NotBelieved.

    `keys_of(False)` gives the provider's keys, `keys_of(True)` fetches them anew: once, for a key that is not known.
    """
    if not isinstance(token, str) or not token.isascii() or not 0 < len(token) <= LONGEST:
        raise NotBelieved("The provider gave no ID token.")
    claims = _signed(token, keys_of)
    seconds = now.timestamp()
    if claims.get("iss") != issuer:
        raise NotBelieved("The token is of another issuer.")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        raise NotBelieved("The token is for somebody else.")
    party = claims.get("azp")
    if (len(audiences) > 1 or party is not None) and party != client_id:
        raise NotBelieved("The token was given to somebody else.")
    if _moment(claims, "exp") <= seconds - LEEWAY:
        raise NotBelieved("The token has expired.")
    if _moment(claims, "iat") > seconds + LEEWAY or _moment(claims, "nbf", missing=0) > seconds + LEEWAY:
        raise NotBelieved("The token is not valid yet.")
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(
        given.encode("utf-8", "replace"), nonce.encode()
    ):
        raise NotBelieved("The token belongs to another login.")
    return Identity(issuer, read_subject(claims), claims)


def read_subject(claims: Mapping[str, Any]) -> str:
    """The claim `sub`. Raises NotBelieved when it is none."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise NotBelieved("The token names nobody.")
    return subject


def _signed(token: str, keys_of: Callable[[bool], KeySet]) -> dict[str, Any]:
    try:
        return _decode(token, keys_of(False))
    except (InvalidKeyIdError, _NoKey):
        try:
            return _decode(token, keys_of(True))
        except (InvalidKeyIdError, _NoKey):
            raise NotBelieved("The token is signed with a key that the provider does not publish.") from None


class _NoKey(Exception):
    """None of the keys is the one that the token names."""


def _decode(token: str, keys: KeySet) -> dict[str, Any]:
    def choose(obj: Any) -> Any:  # joserfc's object of a token, and one of its keys
        kid = obj.headers().get("kid")
        found = [each for each in keys if kid is None or each.kid == kid]
        fitting = [each for each in found if each.key_type == _type_for(obj.headers().get("alg"))]
        if len(fitting) != 1:
            raise _NoKey()  # without a name only a single key is the one
        return fitting[0]

    try:
        return jwt.decode(token, choose, algorithms=ALGORITHMS).claims
    except (InvalidKeyIdError, _NoKey):
        raise
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as wrong:
        raise NotBelieved(f"The token's signature is not good: {type(wrong).__name__}.") from None


def _type_for(algorithm: object) -> str:
    name = str(algorithm)
    return {"E": "EC", "R": "RSA", "P": "RSA"}.get(name[:1], "") if name != "EdDSA" else "OKP"


def _moment(claims: Mapping[str, Any], name: str, *, missing: float | None = None) -> float:
    value = claims.get(name, missing)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NotBelieved(f"The token does not say when it is good ({name}).")
    return float(value)
