"""What a condition or an action does, and what its argument is: for the choices of forms."""

from collections.abc import Mapping

from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import ScripAction, ScripCondition
from rtpy.scrips.deeds import DEEDS
from rtpy.scrips.kinds import ActionKind, ConditionKind
from rtpy.web.forms import Hint

Kinds = Mapping[str, ConditionKind | ActionKind]
PARTS = {"Rules": "part-rules", "Expression": "part-expression", DEEDS: "part-deeds"}
"""Ids of the parts of a scrip's form by the kind that they belong to."""


def named_hints(request: Request, model: type[ScripCondition | ScripAction], hook: str) -> tuple[Hint, ...]:
    """Of the named ones, in their order, then of kinds that have no name yet, such as a plugin's. One query."""
    kinds: Kinds = request.app.named(hook)
    rows = request.db.execute(
        select(model.name, model.kind, model.description, model.argument).order_by(model.id)
    ).all()
    named = [_hint(kinds, row.name, row.kind, row.description, row.argument) for row in rows]
    known = {row.kind for row in rows} | {row.name for row in rows}
    return (*named, *(_hint(kinds, name, name) for name in kinds if name not in known))


def kind_hints(kinds: Kinds, names: list[str]) -> tuple[Hint, ...]:
    """Of kinds alone, in this order, for forms that have no parts for rules, expressions and deeds."""
    return tuple(_hint(kinds, name, name, parts=False) for name in names)


def hint_of(hints: tuple[Hint, ...], chosen: str, unchosen: str) -> str:
    """That of the choice, else `unchosen`."""
    return next((hint.text for hint in hints if hint.value == chosen), unchosen)


def _hint(
    kinds: Kinds, name: str, kind_name: str, description: str = "", own: str = "", *, parts: bool = True
) -> Hint:
    kind = kinds.get(kind_name)
    if kind is None:
        return Hint(name, name, "No plugin brings it any more.")
    words = [_sentence(description or kind.help)]
    part = PARTS.get(kind_name, "") if parts else ""
    if part:
        words.append("It is written below.")
    elif kind.argument:
        words += [f"Argument: {_sentence(kind.argument)}", f"Empty: {own}." if own else ""]
    else:
        words.append("It takes no argument.")
    return Hint(name, name, " ".join(filter(None, words)), takes=bool(kind.argument) and not part, opens=part)


def _sentence(words: str) -> str:
    return f"{words.rstrip('.')}."
