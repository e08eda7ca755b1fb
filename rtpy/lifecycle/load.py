"""Reads `etc/lifecycles.toml` into `Lifecycles`, or reports everything wrong in it, with lines."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any  # what TOML holds can be anything

from rtpy.errors import RtpyError
from rtpy.lifecycle.lifecycle import Lifecycle, Lifecycles
from rtpy.lifecycle.lines import Path, find_lines
from rtpy.lifecycle.reading import (
    SAME_IN_ANY_CASE,
    LifecycleProblem,
    LifecycleReading,
    Problems,
    did_you_mean,
    split_move,
    unknown_status,
)

MAPS = "maps"
NAME_LENGTH = 32


class LifecycleErrors(RtpyError):
    """The lifecycles contradict themselves or can not be read; `problems` is all of it, by line."""

    def __init__(self, problems: Iterable[LifecycleProblem], source: str = "lifecycles.toml") -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(f"{source}, line {each.line}: {each.message}" for each in self.problems))


def load_lifecycles(text_or_path: str | FilePath) -> Lifecycles:
    """The lifecycles of a text (`str`) or of a file (`Path`).

    Raises LifecycleErrors with every problem at once; nothing else, whatever the text is.
    """
    if isinstance(text_or_path, str):
        return _load(text_or_path, "lifecycles.toml")
    source = str(text_or_path)
    try:
        text = text_or_path.read_bytes().decode("utf-8")
    except OSError as trouble:
        problem = LifecycleProblem(0, f"The file can not be read: {trouble.strerror}.")
        raise LifecycleErrors([problem], source) from None
    except UnicodeDecodeError as trouble:
        line = trouble.object[: trouble.start].count(b"\n") + 1
        problem = LifecycleProblem(line, "This line is not UTF-8 text; save the file as UTF-8.")
        raise LifecycleErrors([problem], source) from None
    return _load(text, source)


def _load(text: str, source: str) -> Lifecycles:
    try:
        document = tomllib.loads(text)
        problems = Problems(find_lines(text))
    except (ValueError, RecursionError) as trouble:  # tomllib lets both rise for broken text
        raise LifecycleErrors([_syntax_problem(text, trouble)], source) from None
    lifecycles = DocumentReading(document, problems).lifecycles()
    if problems.found:
        raise LifecycleErrors(problems.found, source)
    return lifecycles


def _syntax_problem(text: str, trouble: Exception) -> LifecycleProblem:
    if isinstance(trouble, RecursionError):
        return LifecycleProblem(0, "The values are nested too deeply to be read.")
    place = re.search(r" \(at line (\d+), column (\d+)\)$", str(trouble))
    if place:
        what = str(trouble)[: place.start()]
        return LifecycleProblem(int(place[1]), f"This is not valid TOML: {what} (column {place[2]}).")
    what = str(trouble).removesuffix(" (at end of document)")
    return LifecycleProblem(text.count("\n") + 1, f"This is not valid TOML: {what} (at the end of the file).")


class DocumentReading:
    """One pass over a parsed document: its lifecycles, then the maps between them."""

    def __init__(self, document: dict[str, Any], problems: Problems) -> None:
        self.document = document
        self.problems = problems

    def lifecycles(self) -> Lifecycles:
        """All of them, with their maps; usable only when no problem was found."""
        by_name: dict[str, Lifecycle] = {}
        for name, content in self.document.items():
            if name == MAPS:
                continue
            self.check_name(name, name.lower() in by_name)
            if isinstance(content, dict):
                by_name[name.lower()] = LifecycleReading(self.problems, name, content).lifecycle()
            else:
                self.problems.wrong(
                    (name,), f'"{name}" must be a table: write [{name}] and the keys of a lifecycle.'
                )
        if not any(name != MAPS for name in self.document):
            self.problems.wrong((), "There is no lifecycle here; write at least a table [default].")
        return Lifecycles(by_name, self.maps(by_name))

    def check_name(self, name: str, is_taken: bool) -> None:
        """Note a name that is none, or is there twice."""
        if not name.strip() or name != name.strip() or len(name) > NAME_LENGTH or "->" in name:
            rule = f'1 to {NAME_LENGTH} characters, no "->" in it'
            self.problems.wrong((name,), f'"{name}" can not name a lifecycle: {rule}.')
        elif is_taken:
            self.problems.wrong((name,), f'The lifecycle "{name}" is there twice{SAME_IN_ANY_CASE}.')

    def maps(self, by_name: dict[str, Lifecycle]) -> dict[tuple[str, str], dict[str, str]]:
        """The maps between the lifecycles."""
        maps: dict[tuple[str, str], dict[str, str]] = {}
        for key, content in self.problems.table((MAPS,), self.document.get(MAPS, {})).items():
            path: Path = (MAPS, key)
            pair = split_move(key)
            if pair is None:
                self.problems.wrong(path, f'"{key}" is not a map: write "OLD LIFECYCLE -> NEW LIFECYCLE".')
                continue
            ends = [self.mapped_lifecycle(path, name, by_name) for name in pair]
            if pair[0] == pair[1]:
                self.problems.wrong(path, f'The map "{key}" leads from a lifecycle to itself.')
            if pair in maps:
                self.problems.wrong(path, f'The map "{key}" is there twice{SAME_IN_ANY_CASE}.')
            if ends[0] and ends[1] and ends[0].type != ends[1].type:
                self.problems.wrong(path, f'The map "{key}" leads from {ends[0].type}s to {ends[1].type}s.')
            maps[pair] = self.map(path, content, ends[0], ends[1])
        return maps

    def mapped_lifecycle(self, path: Path, name: str, by_name: dict[str, Lifecycle]) -> Lifecycle | None:
        """The lifecycle at one end of a map; None, with the problem noted, when there is none."""
        if name not in by_name:
            self.problems.wrong(path, f'There is no lifecycle "{name}"{did_you_mean(name, by_name)}.')
        return by_name.get(name)

    def map(self, path: Path, content: Any, old: Lifecycle | None, new: Lifecycle | None) -> dict[str, str]:
        """One map: old status to new status, lower case."""
        found: dict[str, str] = {}
        for status, target in self.problems.table(path, content).items():
            here = (*path, status)
            if not isinstance(target, str):
                self.problems.wrong(here, f'What "{status}" becomes must be a status in quotes.')
                continue
            if old and not old.is_valid(status):
                self.problems.wrong(here, unknown_status(old.name, status, old.statuses))
            if new and not new.is_valid(target):
                self.problems.wrong(here, unknown_status(new.name, target, new.statuses))
            if status.lower() in found:
                self.problems.wrong(here, f'"{status}" is mapped twice{SAME_IN_ANY_CASE}.')
            found[status.lower()] = target.lower()
        return found
