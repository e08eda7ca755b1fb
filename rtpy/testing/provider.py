"""An OpenID Connect provider for tests: discovery, keys, authorisation, tokens and userinfo on a free port of loopback.

It is strict in what a real one is strict in (redirect address, PKCE, codes good once, the client's secret), and does
wrong whatever a test tells it to.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

CLIENT, SECRET = "rtpy-client", "the client's secret"


@dataclass
class Provider:
    """What it answers; tests change the fields as they like. Any: documents of JSON."""

    issuer: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first", "use": "sig"}))
    claims: dict[str, Any] = field(default_factory=dict)
    """Of whoever logs in at it next."""
    token_changes: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token that are to be others; None takes one out."""
    forge: Callable[[dict[str, Any]], str] | None = None
    """Makes the ID token of the claims in its own way."""
    userinfo: dict[str, Any] | None = None
    metadata_changes: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Paths that were asked for, in order."""
    published: dict[str, Any] | None = None
    """The document of keys, when it is not that of `key`."""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Raw answers by path, in the place of the right ones."""
    redirect_uris: set[str] = field(default_factory=set)
    """If any are named, no other redirect address is taken."""
    watch: Callable[[str], object] | None = None
    """Told each path that is asked for, before the answer."""
    _codes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def metadata(self) -> dict[str, Any]:
        """The document of discovery."""
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata_changes,
        }
        return {name: value for name, value in found.items() if value is not None}

    def authorize(self, url: str) -> str:
        """Somebody logs in with `claims` at the address to which a site led them; where they are led back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        if asked["client_id"] != CLIENT or asked["response_type"] != "code":
            raise ValueError("not a client of this provider")
        if asked["code_challenge_method"] != "S256" or "openid" not in asked["scope"].split():
            raise ValueError("no PKCE, or no OpenID")
        if self.redirect_uris and asked["redirect_uri"] not in self.redirect_uris:
            raise ValueError("this redirect address is not registered")
        code = secrets.token_urlsafe(16)
        self._codes[code] = {"asked": asked, "claims": dict(self.claims)}
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def sign(self, claims: Mapping[str, Any], *, key: Any = None, alg: str = "ES256", kid: str = "") -> str:
        """An ID token; `key` is one of joserfc, or the bytes of a shared secret, which that would not let through."""
        chosen = key or self.key
        header = {"alg": alg, "kid": kid or getattr(chosen, "kid", "")}
        if isinstance(chosen, bytes):
            parts = [_plain({**header, "typ": "JWT"}), _plain(claims)]
            mac = hmac.new(chosen, ".".join(parts).encode(), "sha256").digest()
            return ".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=").decode()])
        return jwt.encode(header, dict(claims), chosen, algorithms=[alg])

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: str) -> tuple[int, bytes]:
        """Status and body for one request of a site."""
        self.asked.append(path)
        if self.watch:
            self.watch(path)
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            return _json(200, self.metadata())
        if path == "/keys":
            return _json(200, self.published or KeySet([self.key]).as_dict(private=False))
        if path == "/token" and method == "POST":
            return self._token(headers, {name: values[0] for name, values in parse_qs(body).items()})
        if path == "/userinfo":
            return _json(200, self.userinfo) if self.userinfo is not None else _json(401, {})
        return 404, b"nothing here"

    def _token(self, headers: Mapping[str, str], given: Mapping[str, str]) -> tuple[int, bytes]:
        basic = headers.get("Authorization", "").removeprefix("Basic ")
        user, _, password = base64.b64decode(basic).decode().partition(":")
        if (user or given.get("client_id"), password or given.get("client_secret")) != (CLIENT, SECRET):
            return _json(401, {"error": "invalid_client"})
        noted = self._codes.pop(given.get("code", ""), None)
        verifier = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (
            noted is None
            or given.get("redirect_uri") != noted["asked"]["redirect_uri"]
            or challenge != noted["asked"]["code_challenge"]
        ):
            return _json(400, {"error": "invalid_grant"})
        now = int(self.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": noted["asked"]["nonce"],
            **noted["claims"],
            **self.token_changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.forge(claims) if self.forge else self.sign(claims)
        return _json(200, {"access_token": "opaque", "token_type": "Bearer", "id_token": token})


@contextmanager
def running_provider(now: Callable[[], datetime] | None = None) -> Iterator[Provider]:
    """A provider that listens until the block ends; browsers may log in at it too, as whoever `claims` says."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    if now is not None:
        provider.now = now
    server.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def unsigned(claims: Mapping[str, Any]) -> str:
    """A token with `alg` none."""
    return ".".join((_plain({"alg": "none", "typ": "JWT"}), _plain(claims), ""))


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: tests are quiet."""

    def _answer(self, method: str) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = unquote(urlsplit(self.path).path)
        if path == "/authorize":
            self.send_response(302)
            self.send_header("Location", provider.authorize(self.path))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        status, sent = provider.answer(method, path, dict(self.headers.items()), body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)


def _json(status: int, document: Any) -> tuple[int, bytes]:
    return status, json.dumps(document).encode()


def _plain(document: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()
