"""The plots of the sample threads, as `share/demo/threads/*.toml` tells them; who plays in them is not here."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # what TOML holds can be anything

ROLES = ("customer", "colleague", "machine", "phone", "staff", "comment")
"""Who speaks in a step. `phone` is the staff's note of a call, `machine` a program of the client."""


_MARK = re.compile(r"([1-9]*)(~?)> ")


@dataclass(frozen=True, slots=True)
class Text:
    """One way to say something.

    In the files a mark may stand before it: `13> ` makes it follow only the first and the third way in which
    the thread can open, `~> ` gives it to people of few words only.
    """

    words: str
    follows: frozenset[int]
    is_terse: bool

    def fits(self, opening: int, voice: str) -> bool:
        """Whether it can be said after the opening of that number (from 1) by a person of that voice."""
        return (not self.follows or opening in self.follows) and (voice == "terse" or not self.is_terse)


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of a thread: `texts` are ways to say it, `after` the hours of waiting before it.

    `status` is the ticket's status afterwards. `chance` below 1 leaves the step out now and then; so does
    having no text that fits. `files` are recipes, `file-name|word|word`.
    """

    role: str
    texts: tuple[Text, ...]
    after: tuple[float, float] | None
    minutes: tuple[int, int] | None
    status: str | None
    files: tuple[Text, ...]
    chance: float


@dataclass(frozen=True, slots=True)
class Plot:
    """A story that happens at clients; `weight` is how often, compared with others.

    `only` names the clients it can happen to (all if empty), `needs` the facts they must have.
    `duplicates` are words with which a colleague reports the same. `due_days` is what staff promise.
    `returns` says whether the trouble can come back.
    """

    name: str
    queue: str
    weight: float
    language: str
    skill: str
    priority: int
    subjects: tuple[Text, ...]
    steps: tuple[Step, ...]
    slots: dict[str, tuple[str, ...]]
    only: tuple[str, ...]
    needs: tuple[str, ...]
    duplicates: tuple[Text, ...]
    due_days: int | None
    returns: bool


def read_plots(folder: Path) -> tuple[Plot, ...]:
    """All plots of the files in a folder, in the order of file names."""
    return tuple(
        _plot(content)
        for path in sorted(folder.glob("*.toml"))
        for content in tomllib.loads(path.read_text(encoding="utf-8"))["plot"]
    )


def read_words(folder: Path) -> dict[str, Any]:
    """The common words: greetings and farewells by voice, asides, pools that fill the slots of texts."""
    return tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))


def _plot(content: dict[str, Any]) -> Plot:
    return Plot(
        name=content["name"],
        queue=content.get("queue", "General"),
        weight=content.get("weight", 4),
        language=content.get("language", "en"),
        skill=content.get("skill", "desk"),
        priority=content.get("priority", 0),
        subjects=_texts(content["subjects"]),
        steps=tuple(_step(each) for each in content["step"]),
        slots={key: tuple(values) for key, values in content.get("slots", {}).items()},
        only=tuple(content.get("only", ())),
        needs=tuple(content.get("needs", ())),
        duplicates=_texts(content.get("duplicates", ())),
        due_days=content.get("due_days"),
        returns=content.get("returns", False),
    )


def _step(content: dict[str, Any]) -> Step:
    role = next(role for role in ROLES if role in content)
    after, minutes = content.get("after"), content.get("minutes")
    return Step(
        role=role,
        texts=_texts(content[role]),
        after=(float(after[0]), float(after[1])) if after else None,
        minutes=(int(minutes[0]), int(minutes[1])) if minutes else None,
        status=content.get("status"),
        files=_texts(content.get("files", ())),
        chance=content.get("chance", 1.0),
    )


def _texts(value: Any) -> tuple[Text, ...]:
    return tuple(_text(each.strip()) for each in ([value] if isinstance(value, str) else value))


def _text(value: str) -> Text:
    mark = _MARK.match(value)
    if mark is None:
        return Text(value, frozenset(), False)
    return Text(value[mark.end() :], frozenset(map(int, mark[1])), bool(mark[2]))
