"""Reads one lifecycle's table as TOML gives it, and notes everything in it that makes no sense."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any  # what TOML holds can be anything

from rtpy.lifecycle.lifecycle import ANY, ASSET, CREATION, TICKET, Action, Lifecycle, Update
from rtpy.lifecycle.lines import Path, line_of
from rtpy.lifecycle.mandatory import FIELDS, canonical

RIGHT_LENGTH = 25
STATUS_LENGTH = 64
SAME_IN_ANY_CASE = " (upper and lower case make no difference)"
_KEYS = (
    "type",
    "initial",
    "active",
    "inactive",
    "defaults",
    "transitions",
    "rights",
    "actions",
    "mandatory",
    "disabled",
)
_DEFAULT_KEYS = ("on_create", "approved", "denied", "reminder_on_open", "reminder_on_resolve")
_ACTION_KEYS = ("move", "label", "update")


@dataclass(frozen=True, slots=True)
class LifecycleProblem:
    """One thing that is wrong, in which line (from 1; 0 for the file as a whole), and where in the document."""

    line: int
    message: str
    path: Path = field(default=(), compare=False)


class Problems:
    """What was found wrong so far, each with the line of the thing at fault."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self.lines = lines
        self.found: list[LifecycleProblem] = []

    def table(self, path: Path, content: Any) -> dict[str, Any]:
        """`content` if it is a table; otherwise an empty one, with the problem noted."""
        if isinstance(content, dict):
            return content
        self.wrong(path, f'"{path[-1]}" must be a table of keys and values.')
        return {}

    def wrong(self, path: Path, message: str) -> None:
        """Note a problem of the thing at `path`."""
        self.found.append(LifecycleProblem(line_of(self.lines, path), message, path))


class LifecycleReading:
    """Reads one lifecycle's table."""

    def __init__(self, problems: Problems, name: str, content: dict[str, Any]) -> None:
        self.problems = problems
        self.name = name
        self.content = content
        self.statuses: dict[str, str] = {}

    def lifecycle(self) -> Lifecycle:
        """All of it; usable only when no problem was found."""
        self.check_keys((), self.content, _KEYS, "A lifecycle")
        initial, active, inactive = (self.status_list(key) for key in ("initial", "active", "inactive"))
        moves = self.moves()
        return Lifecycle(
            name=self.name,
            type=self.type(),
            initial=initial,
            active=active,
            inactive=inactive,
            moves=moves,
            defaults=self.defaults(moves, initial),
            rights=self.rights(moves),
            actions=self.actions(moves),
            mandatory=self.mandatory(moves),
            is_disabled=self.flag("disabled"),
        )

    def type(self) -> str:
        """ticket or asset."""
        found = self.content.get("type", TICKET)
        if found in (TICKET, ASSET):
            return str(found)
        self.wrong(("type",), f'The type of "{self.name}" must be "{TICKET}" or "{ASSET}".')
        return TICKET

    def flag(self, key: str) -> bool:
        """True or false; false when the key is not there."""
        found = self.content.get(key, False)
        if not isinstance(found, bool):
            self.wrong((key,), f'"{key}" must be true or false, without quotes.')
        return found is True

    def status_list(self, key: str) -> tuple[str, ...]:
        """The statuses under one of the three keys; remembers where each stands."""
        found = []
        for place, status in self.strings((key,), self.content.get(key, []), "statuses"):
            if not _may_be_status(status):
                rule = f'1 to {STATUS_LENGTH} characters, neither "*" nor "->"'
                self.wrong(place, f'"{status}" can not be a status: {rule}.')
            elif status.lower() in self.statuses:
                both = self.statuses[status.lower()]
                where = f'twice in "{key}"' if both == key else f'in "{both}" and in "{key}"'
                self.wrong(place, f'"{status}" is {where} of "{self.name}"; it can be in one place only.')
            else:
                self.statuses[status.lower()] = key
                found.append(status)
        if not found and key != "active":
            purpose = "start" if key == "initial" else "end"
            self.wrong((key,), f'"{self.name}" has no status in "{key}": there is none to {purpose} with.')
        return tuple(found)

    def moves(self) -> dict[str, tuple[str, ...]]:
        """From each status, lower case, where it can go; each status must be known and reachable."""
        if "transitions" not in self.content:
            self.wrong((), f'"{self.name}" has no table [{self.name}.transitions]: nothing could ever move.')
            return {}
        moves: dict[str, tuple[str, ...]] = {}
        for old, targets in self.table("transitions").items():
            path: Path = ("transitions", old)
            if old.lower() in moves:
                self.wrong(path, f'The moves from "{old}" are there twice{SAME_IN_ANY_CASE}.')
            if old != CREATION:
                self.know(path, old)
            moves[old.lower()] = self.targets(path, old, targets)
        self.check_reach(moves)
        return moves

    def targets(self, path: Path, old: str, targets: Any) -> tuple[str, ...]:
        """Where one status can go."""
        found: list[str] = []
        for place, status in self.strings(path, targets, "statuses"):
            if not self.know(place, status):
                continue
            if status.lower() == old.lower():
                self.wrong(place, f'"{old}" leads to itself; a status that stays needs no move.')
            elif status.lower() in found:
                self.wrong(place, f'The move from "{old}" to "{status}" is there twice.')
            else:
                found.append(status.lower())
        return tuple(found)

    def check_reach(self, moves: dict[str, tuple[str, ...]]) -> None:
        """Note every status to which nothing leads."""
        reached = set(moves.get(CREATION, [status for status in self.statuses if status != "deleted"]))
        fresh = list(reached)
        while fresh:
            further = [new for new in moves.get(fresh.pop(), ()) if new not in reached]
            reached.update(further)
            fresh.extend(further)
        for status, key in self.statuses.items():
            if status not in reached:
                spelled = list(_lower_strings(self.content[key]))
                self.wrong(
                    (key, spelled.index(status)),
                    f'The status "{status}" can not be reached: neither creation nor any move leads to it.',
                )

    def defaults(self, moves: dict[str, tuple[str, ...]], initial: tuple[str, ...]) -> dict[str, str]:
        """The table of defaults."""
        content = self.table("defaults")
        self.check_keys(("defaults",), content, _DEFAULT_KEYS, "The defaults of a lifecycle")
        found = {}
        for key, status in content.items():
            path: Path = ("defaults", key)
            if not isinstance(status, str):
                self.wrong(path, f'"{key}" must be a status in quotes.')
            elif self.know(path, status):
                found[key] = status.lower()
        start = found.get("on_create", initial[0].lower() if initial else None)
        if start and CREATION in moves and start not in moves[CREATION]:
            path = ("defaults", "on_create") if "on_create" in found else ("transitions", CREATION)
            self.wrong(path, f'New ones start as "{start}", but the moves from "" (creation) do not list it.')
        return found

    def rights(self, moves: dict[str, tuple[str, ...]]) -> dict[tuple[str, str], str]:
        """The right for each move; `*` stands for any status."""
        found: dict[tuple[str, str], str] = {}
        for key, right in self.table("rights").items():
            path: Path = ("rights", key)
            pair = self.pair(path, key, moves)
            if not isinstance(right, str):
                self.wrong(path, f'The right for "{key}" must be a name in quotes.')
                continue
            if not re.fullmatch(rf"[!-~]{{1,{RIGHT_LENGTH}}}", right):
                rule = f"1 to {RIGHT_LENGTH} ASCII characters, no spaces"
                self.wrong(path, f'"{right}" can not name a right: {rule}.')
            if pair in found:
                self.wrong(path, f'The right for "{key}" is there twice{SAME_IN_ANY_CASE}.')
            if pair:
                found[pair] = right
        return found

    def mandatory(self, moves: dict[str, tuple[str, ...]]) -> dict[tuple[str, str], tuple[str, ...]]:
        """The fields that must be filled for each move; `*` stands for any status."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for key, names in self.table("mandatory").items():
            path: Path = ("mandatory", key)
            pair = self.pair(path, key, moves)
            fields: list[str] = []
            for place, name in self.strings(path, names, "fields"):
                known = canonical(name)
                if known is None:
                    hint = did_you_mean(name, FIELDS) or f": write {', '.join(FIELDS)} or CF.NAME"
                    self.wrong(place, f'There is no field "{name}" that a move could ask for{hint}.')
                elif known not in fields:
                    fields.append(known)
            if pair in found:
                self.wrong(path, f'The fields for "{key}" are there twice{SAME_IN_ANY_CASE}.')
            if pair:
                found[pair] = tuple(fields)
        return found

    def actions(self, moves: dict[str, tuple[str, ...]]) -> tuple[Action, ...]:
        """The buttons, in their order."""
        content = self.content.get("actions", [])
        if not isinstance(content, list):
            self.wrong(("actions",), '"actions" must be a list: [ { move = "A -> B", label = "…" }, … ].')
            return ()
        found = (self.action(("actions", number), each, moves) for number, each in enumerate(content))
        return tuple(action for action in found if action)

    def action(self, path: Path, content: Any, moves: dict[str, tuple[str, ...]]) -> Action | None:
        """One button; None, with the problem noted, when its move is none."""
        if not isinstance(content, dict):
            self.wrong(path, 'An action is written { move = "A -> B", label = "…" }.')
            return None
        self.check_keys(path, content, _ACTION_KEYS, "An action")
        move, label, update = content.get("move"), content.get("label"), content.get("update")
        if not isinstance(label, str) or not label.strip():
            self.wrong((*path, "label"), 'An action needs a "label": the words on its button.')
        if update is not None and update not in list(Update):
            self.wrong((*path, "update"), '"update" is "Respond" or "Comment"; leave it out for neither.')
        if not isinstance(move, str):
            self.wrong((*path, "move"), 'An action needs a "move", written "A -> B".')
            return None
        pair = self.pair((*path, "move"), move, moves)
        if pair is None:
            return None
        if pair[1] == ANY:
            self.wrong((*path, "move"), f'The action "{move}" must say which status it leads to.')
        return Action(*pair, str(label), Update(update) if update in list(Update) else None)

    def pair(self, path: Path, key: str, moves: dict[str, tuple[str, ...]]) -> tuple[str, str] | None:
        """The two ends of "A -> B", each may be `*`; None, with the problem noted, if there are none."""
        pair = split_move(key)
        if pair is None:
            self.wrong(path, f'"{key}" is not a move: write "OLD STATUS -> NEW STATUS".')
            return None
        known = [end == ANY or self.know(path, end) for end in pair]  # both, so that both are reported
        if not all(known):
            return None
        if ANY not in pair and pair[1] not in moves.get(pair[0], ()) and moves:
            self.wrong(path, f'"{key}" is for a move that the transitions of "{self.name}" do not list.')
        return pair

    def know(self, path: Path, status: str) -> bool:
        """Whether a status is one of this lifecycle; notes it when it is not."""
        known = status.lower() in self.statuses
        if not known:
            self.wrong(path, unknown_status(self.name, status, self.statuses))
        return known

    def strings(self, path: Path, content: Any, what: str) -> list[tuple[Path, str]]:
        """The texts of a list, each with its place."""
        if not isinstance(content, list):
            self.wrong(path, f'"{path[-1]}" must be a list of {what}: ["…", "…"].')
            return []
        for number, each in enumerate(content):
            if not isinstance(each, str):
                self.wrong((*path, number), f'"{path[-1]}" must hold {what} in quotes only.')
        return [((*path, number), each) for number, each in enumerate(content) if isinstance(each, str)]

    def table(self, key: str) -> dict[str, Any]:
        """The table under a key; empty when it is not there."""
        return self.problems.table((self.name, key), self.content.get(key, {}))

    def check_keys(self, path: Path, content: dict[str, Any], known: tuple[str, ...], owner: str) -> None:
        """Note every key that nobody asks for."""
        for key in content:
            if key not in known:
                hint = did_you_mean(key, known) or f"; it has: {', '.join(known)}"
                self.wrong((*path, key), f'{owner} has no key "{key}"{hint}.')

    def wrong(self, path: Path, message: str) -> None:
        """Note a problem at a place within this lifecycle."""
        self.problems.wrong((self.name, *path), message)


def _may_be_status(status: str) -> bool:
    return (
        0 < len(status) <= STATUS_LENGTH and status == status.strip() and status != ANY and "->" not in status
    )


def split_move(key: str) -> tuple[str, str] | None:
    """The two ends of `A -> B`, lower case; None if there are not two."""
    ends = [end.strip().lower() for end in key.split("->")]
    return (ends[0], ends[1]) if len(ends) == 2 and all(ends) else None


def unknown_status(lifecycle: str, status: str, known: Iterable[str]) -> str:
    """The sentence about a status that a lifecycle does not have."""
    return f'"{lifecycle}" has no status "{status}"{did_you_mean(status, known)}.'


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What may have been meant, in parentheses; empty when nothing comes near."""
    close = get_close_matches(word.lower(), [each.lower() for each in known], n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""


def _lower_strings(content: list[Any]) -> Iterable[str]:
    return (each.lower() if isinstance(each, str) else "" for each in content)
