"""What somebody typed into the editor of a lifecycle, as a definition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rtpy.lifecycle.lifecycle import CREATION
from rtpy.lifecycle.writing import Definition, renamed, without

SETS = ("initial", "active", "inactive")
DEFAULTS = {
    "on_create": "A new ticket",
    "reminder_on_open": "A reminder that is opened again",
    "reminder_on_resolve": "A reminder that is done",
}
BECOMES = "becomes."


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition as it would be, what the statuses that go become (lower case), and the place in lists."""

    definition: Definition
    becomes: Mapping[str, str]
    sort_order: str

    @property
    def statuses(self) -> list[str]:
        """Every status as typed, in order."""
        return [status for key in SETS for status in self.definition[key]]


def draft_of(definition: Definition, sort_order: int) -> Draft:
    """The stored definition, to be shown."""
    whole = {**{key: [] for key in SETS}, "transitions": {}, **definition}
    return Draft(whole, {}, str(sort_order))


def read_draft(
    definition: Definition, given: Mapping[str, str], moves: Iterable[str], creations: Iterable[str]
) -> Draft:
    """The definition after what was typed.

    Statuses stand in three texts, one on each line. `moves` are ticked boxes "old -> new" and `creations` those of
    statuses to begin with, named as the form showed them. A status that goes takes its moves, rights and buttons
    along, unless it `becomes` one that is new: then it was renamed, and everything that names it follows. A new name
    in the very line of an old one is taken for a renaming until somebody says otherwise.
    """
    before = {**{key: [] for key in SETS}, "transitions": {}, **definition}
    lists = {key: [_clean(line) for line in given.get(key, "").splitlines() if line.strip()] for key in SETS}
    typed = {status.lower(): status for key in SETS for status in lists[key]}
    known = [status.lower() for key in SETS for status in before[key]]
    gone, fresh = [each for each in known if each not in typed], [each for each in typed if each not in known]
    becomes = {status: _chosen(status, given, before, lists, fresh) for status in gone}
    changed = before
    for status, new in becomes.items():
        changed = renamed(changed, status, typed[new]) if new in fresh else without(changed, [status])
    renames = {old: new for old, new in becomes.items() if new in fresh}
    transitions = _transitions(changed, list(typed), renames, moves, creations)
    kept = {key: status for key, status in changed.get("defaults", {}).items() if key not in DEFAULTS}
    defaults = {
        key: renames.get(given.get(f"default.{key}", ""), given.get(f"default.{key}", "")) for key in DEFAULTS
    }
    whole = {
        **changed,
        **lists,
        "transitions": transitions,
        "defaults": {
            **kept,
            **{key: status for key, status in defaults.items() if status and status in typed},
        },
        "disabled": bool(given.get("disabled")),
    }
    tidy = {key: value for key, value in whole.items() if value or key in (*SETS, "transitions")}
    return Draft(tidy, becomes, given.get("sort_order", "0"))


def _chosen(
    status: str,
    given: Mapping[str, str],
    before: Definition,
    lists: Mapping[str, Sequence[str]],
    fresh: Sequence[str],
) -> str:
    """What was chosen for a status that goes; else the new name in its line."""
    if f"{BECOMES}{status}" in given:
        return given[f"{BECOMES}{status}"].lower()
    for key in SETS:
        was = [each.lower() for each in before[key]]
        if status in was and len(lists[key]) == len(was):
            new = lists[key][was.index(status)].lower()
            return new if new in fresh else ""
    return ""


def _transitions(
    changed: Definition,
    statuses: Sequence[str],
    renames: Mapping[str, str],
    moves: Iterable[str],
    creations: Iterable[str],
) -> dict[str, list[str]]:
    """The ticked moves, each list in its former order with new ones behind."""
    ticked: dict[str, set[str]] = {}
    for box in moves:
        old, _, new = (part.strip().lower() for part in box.partition("->"))
        ticked.setdefault(renames.get(old, old), set()).add(renames.get(new, new))
    ticked[CREATION] = {renames.get(each.lower(), each.lower()) for each in creations}
    found = {}
    for old in (CREATION, *statuses):
        former = [str(each).lower() for each in changed["transitions"].get(old, [])]
        order = {status: place for place, status in enumerate(dict.fromkeys((*former, *statuses)))}
        found[old] = sorted(ticked.get(old, set()) & set(statuses), key=lambda each: order[each])
    return found


def _clean(line: str) -> str:
    return " ".join(line.replace("\x00", "").split())
