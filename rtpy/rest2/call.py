"""One call of a program: who calls, with which parameters and body, and the work to be done for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson
from pyramid.request import Request

from rtpy.identity.logins import Login
from rtpy.rest2.problem import Problem
from rtpy.work import Work

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MOST_PAIRS = 2000
DEEPEST = 100
"""Lists in lists: no body of a client is anywhere near it."""

# What JSON says may be of any kind: Any below.


@dataclass(slots=True)
class Call:
    """`args` are what the route's pattern found, `params` the pairs of the query string in order."""

    request: Request
    work: Work
    login: Login
    args: Mapping[str, str]
    params: tuple[tuple[str, str], ...]
    _body: bytes | None = None
    cache: dict[str, Any] = field(default_factory=dict)
    """What this call has read once: shared by the pieces that answer it."""

    @property
    def method(self) -> str:
        """GET, HEAD, POST …"""
        return str(self.request.method)

    @property
    def base(self) -> str:
        """Where addresses of things begin: the configured one, whatever the client called us."""
        return base_url(self.work)

    @property
    def body(self) -> bytes:
        """The bytes that came."""
        if self._body is None:
            self._body = self.request.body
        return self._body

    @property
    def content_type(self) -> str:
        """The type of the body without its parameters, in lower case; empty when none is named."""
        return str(self.request.headers.get("Content-Type", "")).partition(";")[0].strip().lower()

    def param(self, name: str, default: str = "") -> str:
        """The last value of a parameter of the query string."""
        return next((value for each, value in reversed(self.params) if each == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of a parameter, in order."""
        return [value for each, value in self.params if each == name]

    def number(self, name: str) -> int:
        """An argument of the route that is digits. Raises Problem 404 for one that no row can have."""
        text = self.args[name]
        if len(text) > 18:
            raise Problem(404)
        return int(text)

    def document(self, kind: type[dict[str, Any]] | type[list[Any]] = dict) -> Any:
        """The JSON body, an object or a list; empty when there is no body. Raises Problem 400."""
        if "document" not in self.cache:
            self.cache["document"] = read_json(self.body) if self.body.strip() else None
        found = self.cache["document"]
        if found is None:
            return kind()
        if not isinstance(found, kind):
            raise Problem(400, f"JSON object must be a {'HASH' if kind is dict else 'ARRAY'}")
        return found

    def form(self) -> tuple[tuple[str, str], ...]:
        """The pairs of a form body."""
        return read_pairs(self.body.decode("utf-8", "replace"))


def base_url(work: Work) -> str:
    """The configured address of this face."""
    return f"{work.app.config.base_url.rstrip('/')}/REST/2.0"


def read_json(data: bytes) -> Any:
    """What the bytes say. Raises Problem 400 for what is no JSON, or nested beyond reason."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"JSON parse error: {error}") from None
    _measure(found)
    return found


def read_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a query string or form body; `;` stands between them as well as `&`. NULs are left out.

    Raises Problem 400 for more than anybody means.
    """
    try:
        pairs = parse_qsl(
            text.replace(";", "&"), keep_blank_values=True, errors="replace", max_num_fields=MOST_PAIRS
        )
    except ValueError:
        raise Problem(400, f"At most {MOST_PAIRS} parameters can be given at once") from None
    return tuple((name.replace("\x00", ""), value.replace("\x00", "")) for name, value in pairs)


def write_pairs(pairs: list[tuple[str, str]]) -> str:
    """A query string of them."""
    return urlencode(pairs, safe="'", quote_via=quote)


def _measure(value: Any, depth: int = 0) -> None:
    """Refuse what no column takes: NULs become nothing further down, but nesting has an end here."""
    if depth > DEEPEST:
        raise Problem(400, "JSON parse error: nested too deeply")
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inside:
        _measure(each, depth + 1)
