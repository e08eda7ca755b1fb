"""The rights, buttons and mandatory fields of a lifecycle as rows of a form, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rtpy.errors import Problem
from rtpy.lifecycle.lifecycle import ANY, Update
from rtpy.lifecycle.mandatory import CUSTOM, FIELDS, custom_name
from rtpy.lifecycle.writing import Definition, arrow

MOST_ROWS = 300
BLANK_ROWS = 2
UPDATES = {"": "at once", Update.RESPOND.value: "with a reply", Update.COMMENT.value: "with a comment"}


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: its move, and of each kind what it has. `key` names its fields, such as `rights.0`."""

    key: str
    old: str = ""
    new: str = ""
    right: str = ""
    label: str = ""
    update: str = ""
    fields: frozenset[str] = field(default_factory=frozenset)
    custom: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing was said: the row is left out."""
        return not any((self.right, self.label, self.fields, self.custom))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rows of the three kinds, with blank ones behind."""

    rights: tuple[Row, ...]
    actions: tuple[Row, ...]
    mandatory: tuple[Row, ...]


def rules_of(definition: Definition) -> Rules:
    """The stored rules."""
    rights = [Row("rights", *_ends(key), right=name) for key, name in definition.get("rights", {}).items()]
    actions = [
        Row("actions", *_ends(each["move"]), label=each["label"], update=each.get("update", ""))
        for each in definition.get("actions", [])
    ]
    mandatory = [
        Row(
            "mandatory",
            *_ends(key),
            fields=frozenset(name for name in names if name in FIELDS),
            custom=", ".join(found for name in names if (found := custom_name(name))),
        )
        for key, names in definition.get("mandatory", {}).items()
    ]
    return Rules(_rows("rights", rights), _rows("actions", actions), _rows("mandatory", mandatory))


def read_rules(given: Mapping[str, str]) -> Rules:
    """What was typed; rows without anything are left out."""
    found = {}
    for kind in ("rights", "actions", "mandatory"):
        rows = []
        for number in range(MOST_ROWS):
            key = f"{kind}.{number}"
            if f"{key}.old" not in given:
                break
            values = {
                name: " ".join(given.get(f"{key}.{name}", "").split())
                for name in ("old", "new", "right", "label", "update", "custom")
            }
            ticked = frozenset(name for name in FIELDS if given.get(f"{key}.field.{name}"))
            row = Row(key, fields=ticked, **values)
            if not row.is_empty:
                rows.append(row)
        found[kind] = _rows(kind, rows)
    return Rules(**found)


def with_rules(definition: Definition, rules: Rules) -> tuple[Definition, list[Problem]]:
    """The definition with these rules; problems are what a table cannot hold: the same move twice, no move at all."""
    problems: list[Problem] = []
    tables: dict[str, Definition] = {"rights": {}, "mandatory": {}}
    for kind, rows in (("rights", rules.rights), ("mandatory", rules.mandatory)):
        for row in _said(rows, problems):
            move = arrow(row.old, row.new)
            if move in tables[kind]:
                problems.append(Problem(row.key, f"The move “{move}” is there twice: put it into one line."))
            tables[kind][move] = row.right if kind == "rights" else _names(row)
    actions = []
    for row in _said(rules.actions, problems):
        button = {"move": arrow(row.old, row.new), "label": row.label}
        actions.append({**button, "update": row.update} if row.update else button)
    kept = {key: value for key, value in definition.items() if key not in ("rights", "actions", "mandatory")}
    made = {"rights": tables["rights"], "actions": actions, "mandatory": tables["mandatory"]}
    return {**kept, **{key: value for key, value in made.items() if value}}, problems


def _said(rows: Sequence[Row], problems: list[Problem]) -> list[Row]:
    found = []
    for row in rows:
        if row.is_empty:
            continue
        if not row.old or not row.new:
            problems.append(Problem(row.key, "Choose from which status to which this is about."))
        else:
            found.append(row)
    return found


def _names(row: Row) -> list[str]:
    custom = [name.strip() for name in row.custom.split(",") if name.strip()]
    return [name for name in FIELDS if name in row.fields] + [f"{CUSTOM}{name}" for name in custom]


def _rows(kind: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Numbered, with blank ones behind."""
    blank = [Row(kind) for _ in range(BLANK_ROWS)]
    return tuple(
        Row(
            f"{kind}.{number}",
            row.old,
            row.new,
            row.right,
            row.label,
            row.update,
            row.fields,
            row.custom,
        )
        for number, row in enumerate([*rows, *blank])
    )


def _ends(move: str) -> tuple[str, str]:
    old, _, new = (part.strip().lower() for part in move.partition("->"))
    return old or ANY, new or ANY
