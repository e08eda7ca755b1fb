"""What an address of REST 2.0 stands for: the questions that the frame asks it, in RT's order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from rtpy.rest2.call import JSON, MULTIPART, Call

# Documents are JSON: Any below.


@dataclass(frozen=True, slots=True)
class Created:
    """Something new: the path behind the base under which it is found, and the body of the answer."""

    path: str
    body: Any


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is no JSON."""

    data: bytes
    content_type: str
    headers: Mapping[str, str]


class Resource:
    """One resource, made anew for each call. Closed by default: `is_forbidden` says yes until a kind says otherwise.

    `methods` are those that the address offers; HEAD comes with GET unless `has_head` is False.
    """

    methods: ClassVar[tuple[str, ...]] = ("GET",)
    has_head: ClassVar[bool] = True
    is_setup: ClassVar[bool] = False
    """Writing is administration: a token needs the scope for it."""
    searches: ClassVar[bool] = False
    """POST asks and changes nothing."""
    document: ClassVar[type[dict[str, Any]] | type[list[Any]] | None] = dict
    """What JSON bodies of PUT and POST must be; None: whatever it is, the resource reads it itself."""
    accepts: ClassVar[tuple[str, ...]] = (JSON, MULTIPART)
    """Types of bodies of PUT and POST."""
    has_conditions: ClassVar[bool] = False
    """Does it have an ETag? If not, If-Match with anything but * fails, and dates are ignored."""

    def __init__(self, call: Call) -> None:
        self.call = call

    @property
    def work(self) -> Any:
        """The caller's work; Any: a shorthand for kinds of all sorts."""
        return self.call.work

    @classmethod
    def fields_written(cls) -> frozenset[str]:
        """The fields of a body that mean something: for the description, and for tests that send nonsense in them."""
        return frozenset()

    def is_forbidden(self) -> bool:
        """Step "rights": asked before anybody looks whether it exists."""
        return True

    def exists(self) -> bool:
        """Is there such a thing? May raise Problem 403 where RT looks at the thing first."""
        return True

    def lock(self) -> None:
        """Let nobody else change it until the call ends: asked before a condition of a change is looked at."""

    def etag(self) -> str | None:
        """Changes with every change; None: it has none."""
        return None

    def last_modified(self) -> datetime | None:
        """When it changed last."""
        return None

    def offers(self) -> tuple[str, ...]:
        """The types in which GET answers: `Accept` must take one of them."""
        return (JSON,)

    def get(self) -> Any:
        """The body of the answer to GET; a `Raw` for what is no JSON."""
        raise NotImplementedError

    def post(self) -> Any:
        """POST: `Created`, or the body of a 200."""
        raise NotImplementedError

    def put(self) -> Any:
        """PUT: the body of a 200, as a rule a list of sentences."""
        raise NotImplementedError

    def delete(self) -> None:
        """DELETE: 204."""
        raise NotImplementedError
