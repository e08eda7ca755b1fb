"""Deeds: a custom action that was put together in a form, several actions in one order, each with its argument."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rtpy.app import App
from rtpy.errors import Invalid, Problem
from rtpy.scrips.facts import nearest
from rtpy.scrips.kinds import ActionKind, Commit, Occasion, Skip, Task
from rtpy.scrips.mailing import Mailing

MOST = 20
DEEDS = "Deeds"


@dataclass(frozen=True, slots=True)
class Deed:
    """One line: a kind of action, its argument, and the template when it is not the scrip's own."""

    action: str
    argument: str = ""
    template: str = ""


def do_deeds(occasion: Occasion, task: Task) -> Commit | Skip:
    """Prepare all of them, then do them in their order; those that have nothing to do say why."""
    actions = occasion.work.app.named("rtpy_actions")
    prepared: list[Commit | Skip] = []
    for deed in read_deeds(task.argument):
        kind = actions.get(deed.action)
        if kind is None:
            raise LookupError(f"there is no action of the kind {deed.action}: is a plugin missing?")
        own = replace(task, argument=deed.argument)
        if deed.template:
            texts = task.find_template(deed.template)
            own = replace(own, template_name=deed.template, template=texts.get("", ""), translations=texts)
        prepared.append(kind.prepare(occasion, own))
    skipped = [each.reason for each in prepared if isinstance(each, Skip)]
    if len(skipped) == len(prepared):
        return Skip("; ".join(skipped))
    return Several(tuple(prepared))


@dataclass(frozen=True, slots=True)
class Several:
    """Deeds that are ready."""

    prepared: tuple[Commit | Skip, ...]

    def __call__(self) -> str:
        return "; ".join(each.reason if isinstance(each, Skip) else each() for each in self.prepared)

    @property
    def preview(self) -> str:
        """What would be done, without doing it."""
        return "; ".join(
            each.reason
            if isinstance(each, Skip)
            else each.told()
            if isinstance(each, Mailing)
            else getattr(each, "preview", "a change of the ticket")
            for each in self.prepared
        )


def write_deeds(deeds: Sequence[Deed]) -> str:
    """The argument of the action kind Deeds."""
    return json.dumps(
        [{"action": deed.action, "argument": deed.argument, "template": deed.template} for deed in deeds],
        ensure_ascii=False,
    )


@lru_cache(maxsize=512)
def read_deeds(argument: str) -> tuple[Deed, ...]:
    """The opposite. Raises Invalid."""
    try:
        given = json.loads(argument or "[]")
    except (ValueError, RecursionError):
        raise _wrong("The deeds cannot be read: they are not JSON.") from None
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise _wrong("The deeds cannot be read: write a list of action, argument and template.")
    if not given:
        raise _wrong("There is no deed: choose what is to be done.")
    if len(given) > MOST:
        raise _wrong(f"These are more than {MOST} deeds: use two scrips.")
    return tuple(
        Deed(str(each.get("action", "")), str(each.get("argument", "")), str(each.get("template", "")))
        for each in given
    )


def check_deeds(app: App, argument: str, templates: Mapping[str, object]) -> None:
    """Raises Invalid for a kind, an argument or a template that is wrong, with the number of the line."""
    actions: dict[str, ActionKind] = app.named("rtpy_actions")
    for number, deed in enumerate(read_deeds(argument), start=1):
        kind = actions.get(deed.action)
        if kind is None or deed.action == DEEDS:
            raise _wrong(f"Deed {number}: there is no action “{deed.action}”.{nearest(deed.action, actions)}")
        try:
            kind.check(deed.argument)
        except Invalid as invalid:
            raise _wrong(f"Deed {number} ({deed.action}): {invalid}") from None
        if deed.template and deed.template not in templates:
            raise _wrong(
                f"Deed {number}: there is no template “{deed.template}”.{nearest(deed.template, templates)}"
            )
        if kind.mails and not deed.template:
            raise _wrong(f"Deed {number} ({deed.action}) sends mail: choose a template for it.")


def _wrong(sentence: str) -> Invalid:
    return Invalid(Problem("deeds", sentence))
