"""Checks what is saved: conditions, actions and arguments of scrips, texts of templates; with sentences by field."""

from dataclasses import replace

from sqlalchemy import or_, select

from rtpy.changes.scrips import ScripValues
from rtpy.changes.templates import TemplateValues
from rtpy.errors import Invalid, Problem
from rtpy.mail.fields import known_fields
from rtpy.mail.rt_templates import translate
from rtpy.mail.template import check_template
from rtpy.mail.variables import check_names as check_template_names
from rtpy.models import ScripAction, ScripCondition, Template
from rtpy.scrips.deeds import DEEDS, check_deeds
from rtpy.scrips.expression import check_names, read_expression
from rtpy.scrips.facts import nearest
from rtpy.scrips.kinds import ActionKind, ConditionKind
from rtpy.scrips.making import check_blocks, split_blocks
from rtpy.scrips.structured import FIELD, names_in_rules, read_rules
from rtpy.work import Work

TYPES = (
    "Create", "Correspond", "Comment", "Status", "Set", "AddWatcher", "DelWatcher", "AddLink", "DeleteLink",
    "CustomField", "Forward Transaction", "Forward Ticket", "AddReminder", "OpenReminder", "ResolveReminder",
)  # fmt: skip
"""Types of transactions that the form offers; a plugin's own can be written too."""


def check_scrip(work: Work, values: ScripValues) -> ScripValues:
    """The values as they are to be saved. Raises Invalid with all that is wrong, by field."""
    problems: list[Problem] = []
    for check in (_check_condition, _check_action, _check_types):
        try:
            check(work, values)
        except Invalid as invalid:
            problems += invalid.problems
    if problems:
        raise Invalid(*problems)
    types = ",".join(name.strip() for name in values.transaction_types.split(",") if name.strip())
    return replace(values, transaction_types=types)


def check_template_text(work: Work, content: str) -> str:
    """The text as it is to be saved: RT's calls translated. Raises Invalid with all that is wrong, by line.

    A field that is switched off may be named: what a shop exports must load elsewhere.
    """
    text = translate(content.replace("\r\n", "\n"))
    try:
        check_template(text)
        check_template_names(text, set(known_fields(work.db, with_disabled=True)))
        for block in split_blocks(text):
            check_template("\n" + block)
    except Invalid as invalid:
        raise Invalid(*(Problem("content", problem.message) for problem in invalid.problems)) from None
    return text


def checked_template(work: Work, values: TemplateValues) -> TemplateValues:
    """The same for all values of a template."""
    return replace(values, content=check_template_text(work, values.content))


def _check_condition(work: Work, values: ScripValues) -> None:
    row = work.db.scalar(select(ScripCondition).where(ScripCondition.name == values.condition))
    kinds: dict[str, ConditionKind] = work.app.named("rtpy_conditions")
    name = row.kind if row else values.condition
    kind = kinds.get(name)
    if kind is None:
        raise Invalid(
            Problem("condition", f"There is no condition “{values.condition}”: choose one of the list.")
        )
    argument = values.condition_argument or (row.argument if row else "")
    place = {"Rules": "rules", "Expression": "expression"}.get(name, "condition_argument")
    try:
        if kind.argument:
            kind.check(argument)
            _check_named_fields(work, name, argument)
    except Invalid as invalid:
        raise Invalid(*(Problem(place, problem.message) for problem in invalid.problems)) from None
    if values.condition_argument and not kind.argument:
        raise Invalid(Problem(place, f"The condition {values.condition} takes no argument: leave it empty."))


def _check_named_fields(work: Work, kind: str, argument: str) -> None:
    if kind == "Expression":
        check_names(read_expression(argument), known_fields(work.db))
    if kind == "Rules":
        known = known_fields(work.db)
        folded = {name.casefold() for name in known}
        for fact in names_in_rules(read_rules(argument)):
            name = fact.removeprefix(FIELD)
            if fact.startswith(FIELD) and name.casefold() not in folded:
                raise Invalid(Problem("rules", f"There is no custom field “{name}”.{nearest(name, known)}"))


def _check_action(work: Work, values: ScripValues) -> None:
    row = work.db.scalar(select(ScripAction).where(ScripAction.name == values.action))
    kinds: dict[str, ActionKind] = work.app.named("rtpy_actions")
    name = row.kind if row else values.action
    kind = kinds.get(name)
    if kind is None:
        raise Invalid(Problem("action", f"There is no action “{values.action}”: choose one of the list."))
    templates = _templates(work, values)
    if values.template not in templates:
        hint = nearest(values.template, templates)
        raise Invalid(Problem("template", f"There is no template “{values.template}” here.{hint}"))
    argument = values.action_argument or (row.argument if row else "")
    place = "deeds" if name == DEEDS else "action_argument"
    try:
        if name == DEEDS:
            check_deeds(work.app, argument, templates)
        elif kind.argument:
            kind.check(argument)
    except Invalid as invalid:
        raise Invalid(*(Problem(place, problem.message) for problem in invalid.problems)) from None
    if values.action_argument and not kind.argument:
        raise Invalid(Problem(place, f"The action {values.action} takes no argument: leave it empty."))
    if kind.mails and not templates[values.template].strip():
        raise Invalid(Problem("template", "This action sends mail: choose a template that has a text."))
    if name == "CreateTickets":
        _check_blocks(templates[values.template])


def _check_blocks(content: str) -> None:
    if not split_blocks(content):
        raise Invalid(
            Problem("template", "The template has no block: begin one with ===Create-Ticket: NAME.")
        )
    try:
        check_blocks(content)
    except Invalid as invalid:
        raise Invalid(Problem("template", str(invalid))) from None


def _templates(work: Work, values: ScripValues) -> dict[str, str]:
    """Names and texts of the templates that the scrip can use: the global ones, and those all its queues have."""
    rows = work.db.execute(
        select(Template.name, Template.content, Template.queue_id)
        .where(
            Template.lang == "",
            or_(Template.queue_id.is_(None), Template.queue_id.in_(values.queue_ids or (0,))),
        )
        .order_by(Template.queue_id.is_(None))
    ).all()
    found = {row.name: row.content for row in rows if row.queue_id is None}
    queues: dict[str, set[int]] = {}
    for row in rows:
        if row.queue_id is not None:
            queues.setdefault(row.name, set()).add(row.queue_id)
            if values.queue_ids and queues[row.name] >= set(values.queue_ids):
                found.setdefault(row.name, row.content)
    return found


def _check_types(_work: Work, values: ScripValues) -> None:
    for name in filter(None, (name.strip() for name in values.transaction_types.split(","))):
        if name != "Any" and name not in TYPES and not name.replace(" ", "").isalnum():
            raise Invalid(
                Problem(
                    "transaction_types", f"“{name}” is no type of transaction: write for example Create, Set."
                )
            )
