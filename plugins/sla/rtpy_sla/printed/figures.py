"""A customer's month in figures: whatever is put in here, the customer may read.

There are public parts only: no names of people, no comments, no causes or excuses in words. Durations are seconds,
days and moments ISO texts in the zone that is named.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class TargetFigures:
    """One target. `excused` are shown as agreed exceptions; the times are of what ended, `unit` says in which hours."""

    target: str
    met: int
    missed: int
    excused: int
    median: int | None
    nine_of_ten: int | None
    unit: str


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request. Verdicts are met, missed, excused, open or empty; times are None until it has happened."""

    number: int
    subject: str
    opened: str
    queue: str
    first_response: int | None
    first_verdict: str
    resolution: int | None
    resolution_verdict: str


@dataclass(frozen=True, slots=True)
class PauseLine:
    """A stretch in which we waited; `reason` is empty unless the house shows reasons."""

    number: int
    ball: str
    start: str
    end: str
    reason: str


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A date that was given, in the words of the message that gave it."""

    number: int
    words: str
    due: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it. `month` is its first day; `left_out` says how many more requests there were than are listed."""

    customer: str
    sender: str
    month: str
    zone: str
    made: str
    opened: int
    resolved: int
    targets: tuple[TargetFigures, ...] = ()
    requests: tuple[RequestLine, ...] = ()
    left_out: int = 0
    pauses: tuple[PauseLine, ...] = ()
    paused: tuple[tuple[str, int], ...] = ()
    """Seconds by the clock, by who had the ball."""
    promises: tuple[PromiseLine, ...] = ()
    language: str = "en"

    @property
    def is_empty(self) -> bool:
        """Nothing happened and nothing was decided."""
        return not (self.requests or self.targets or self.promises)

    def to_json(self) -> dict[str, Any]:  # JSON has no narrower type
        """As plain values, to be kept."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Figures":
        """What `to_json` gave."""
        given = {name: value for name, value in stored.items() if name != "version"}
        kinds = {
            "targets": TargetFigures,
            "requests": RequestLine,
            "pauses": PauseLine,
            "promises": PromiseLine,
        }
        for name, kind in kinds.items():
            given[name] = tuple(kind(**each) for each in given[name])
        given["paused"] = tuple((ball, seconds) for ball, seconds in given["paused"])
        return cls(**given)
