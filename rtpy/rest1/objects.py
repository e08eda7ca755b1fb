"""How objects are named: `ticket/1-3,7`, `user/root`, `ticket/12/history/id/88`."""

import re
from dataclasses import dataclass

TYPES = ("ticket", "user", "group", "queue", "attachment", "transaction")
NUMBERED = ("ticket", "attachment", "transaction")
"""Types that have no names."""
MOST = 1000
"""Objects in one request."""
NEW = "new"
LARGEST = 2**63 - 1

_SPEC = re.compile(r"(?P<type>[\w.-]+)/(?P<ids>[^/]+)(?:/(?P<rest>.*))?", re.DOTALL)
_RANGE = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)


class BadSpec(ValueError):
    """No good name of an object; the text is RT's sentence."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One object, and what of it: `attribute` is empty for the thing itself, `arguments` follow it."""

    type: str
    id: str
    attribute: str = ""
    arguments: tuple[str, ...] = ()

    @property
    def number(self) -> int | None:
        """The id as a number that a database can hold; None for a name."""
        return as_number(self.id)

    @property
    def is_new(self) -> bool:
        """It is to be made."""
        return self.id.lower() == NEW

    def __str__(self) -> str:
        return "/".join(part for part in (self.type, self.id, self.attribute, *self.arguments) if part)


def as_number(text: str) -> int | None:
    """The text as a number that a database can hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def read_specs(text: str, default_type: str = "") -> list[Spec]:
    """The objects that `text` names, numbers first, in ascending order. Raises BadSpec.

    Of `default_type` the type may be left out.
    """
    if default_type and not text.startswith(f"{default_type}/"):
        text = f"{default_type}/{text}"
    found = _SPEC.fullmatch(text)
    if found is None:
        raise BadSpec(f"Invalid object specification: '{text[:200]}'")
    kind = found["type"].lower()
    if kind not in TYPES:
        raise BadSpec(f"Unknown object type: {found['type'][:80]}")
    attribute, *arguments = [part for part in (found["rest"] or "").split("/") if part] or [""]
    if attribute in ("show", "edit") and not arguments:
        attribute = ""
    ids = _expand(found["ids"])
    if kind in NUMBERED and any(not each.isdigit() and each != NEW for each in ids):
        raise BadSpec(f"Objects of type {kind} must be specified by numeric id.")
    return [Spec(kind, each, attribute.lower(), tuple(arguments)) for each in ids]


def _expand(ids: str) -> list[str]:
    """The ids of a list with ranges, each once."""
    numbers: set[int] = set()
    names: dict[str, str] = {}
    for piece in ids.split(","):
        item = piece.strip()
        span = _RANGE.fullmatch(item)
        if span:
            first, last = int(span[1]), int(span[2])
            if last - first >= MOST:
                raise BadSpec(f"At most {MOST} objects at once: {item}")
            numbers.update(range(first, last + 1))
        elif as_number(item) is not None:
            numbers.add(int(item))
        elif item:
            names.setdefault(item.lower(), item)
        if len(numbers) + len(names) > MOST:
            raise BadSpec(f"At most {MOST} objects at once.")
    if not numbers and not names:
        raise BadSpec(f"Invalid object specification: '{ids[:200]}'")
    return [*map(str, sorted(numbers)), *(names[key] for key in sorted(names))]
