"""The fields of a scrip's form: reading what was typed, and showing it again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyramid.request import Request
from sqlalchemy import select

from rtpy.changes.roles import roles_of
from rtpy.changes.scrips import ScripValues
from rtpy.errors import Invalid
from rtpy.mail.fields import known_fields
from rtpy.models import Queue, ScripAction, ScripCondition, Template
from rtpy.scrips.deeds import DEEDS, Deed, read_deeds, write_deeds
from rtpy.scrips.facts import FACTS
from rtpy.scrips.structured import COMPARISONS, FIELD, ROLE, RuleSet, Test, read_rules, write_rules
from rtpy.web.admin.scrips.hints import hint_of, kind_hints, named_hints
from rtpy.web.forms import Field, Hint, Option
from rtpy.web.staff.forms import texts_named, texts_of

PARTS = (("main", "these"), ("a", "group A"), ("b", "group B"))
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A line of rules or deeds: its fields in order."""

    number: int
    fields: tuple[Field, ...]


def read_form(request: Request) -> ScripValues:
    """What was typed, with rules and deeds put together; nothing is checked here."""
    given = texts_of(request)
    condition_kind = _kind(request, ScripCondition, given.get("condition", ""))
    action_kind = _kind(request, ScripAction, given.get("action", ""))
    condition_argument = given.get("condition_argument", "").strip()
    if condition_kind == "Rules":
        rules = _read_rules(given)
        condition_argument = write_rules(rules) if rules.tests or rules.parts else "{}"
    elif condition_kind == "Expression":
        condition_argument = given.get("expression", "").strip()
    action_argument = given.get("action_argument", "").strip()
    if action_kind == DEEDS:
        action_argument = write_deeds(_read_deeds(given))
    return ScripValues(
        description=given.get("description", ""),
        condition=given.get("condition", ""),
        action=given.get("action", ""),
        template=given.get("template", ""),
        condition_argument=condition_argument,
        action_argument=action_argument,
        transaction_types=given.get("transaction_types", "").strip(),
        stage=given.get("stage", "create"),
        queue_ids=tuple(
            int(each) for each in texts_named(request, "queues") if each.isdigit() and len(each) < 19
        ),
        disabled=given.get("disabled") == "1",
    )


def form_fields(request: Request, values: ScripValues, wrong: Mapping[str, str]) -> dict[str, object]:
    """Everything that modify.pt shows."""
    db = request.db
    conditions = named_hints(request, ScripCondition, "rtpy_conditions")
    actions = named_hints(request, ScripAction, "rtpy_actions")
    templates = db.scalars(
        select(Template.name).where(Template.lang == "").distinct().order_by(Template.name)
    )
    queues = db.execute(
        select(Queue.id, Queue.name).where(Queue.disabled.is_(False)).order_by(Queue.sort_order, Queue.name)
    ).all()
    condition_kind = _kind(request, ScripCondition, values.condition)
    action_kind = _kind(request, ScripAction, values.action)
    own = condition_kind in ("Rules", "Expression")
    error = wrong.get
    return {
        "basics": (
            Field(
                "description", "Description", values.description, required=True,
                hint="What it does, in a few words: it stands in histories and lists.",
                error=error("description", ""),
            ),
            Field(
                "queues", "Queues", kind="select", multiple=True,
                hint="Choose none for every queue.", error=error("queues", ""),
                options=tuple(Option(str(row.id), row.name, row.id in values.queue_ids) for row in queues),
            ),
            Field(
                "stage", "Stage", kind="select", required=True, error=error("stage", ""),
                options=(
                    Option("create", "for each change, at once", values.stage == "create"),
                    Option("batch", "once when all changes of a form are done", values.stage == "batch"),
                ),
            ),
            Field("disabled", "Switched off", "1", kind="checkbox", checked=values.disabled),
        ),
        "when": (
            Field(
                "condition", "Condition", kind="select", required=True,
                options=_options(conditions, values.condition), error=error("condition", ""),
            ),
            Field(
                "condition_argument", "Argument", "" if own else values.condition_argument,
                hint=hint_of(conditions, values.condition, "Only for what takes one; empty: its own."),
                error=error("condition_argument", ""), follows="condition", hints=conditions,
                hints_title="What each condition takes",
            ),
            Field(
                "transaction_types", "Only for these transactions", values.transaction_types,
                hint="Types such as Create, Correspond, Comment, Status, Set. Empty: what the condition looks at.",
                error=error("transaction_types", ""),
            ),
        ),
        "rules_open": condition_kind == "Rules",
        "rules_error": error("rules", ""),
        "rule_rows": _rule_rows(request, values if condition_kind == "Rules" else None),
        "joins": _joins(values if condition_kind == "Rules" else None),
        "expression_open": condition_kind == "Expression",
        "expression": Field(
            "expression", "Expression", values.condition_argument if condition_kind == "Expression" else "",
            kind="textarea", rows=3, error=error("expression", ""),
            hint="For example: ticket.priority > 50 and not actor.is_staff and contains(ticket.subject, \"VPN\")",
        ),
        "then": (
            Field(
                "action", "Action", kind="select", required=True,
                options=_options(actions, values.action), error=error("action", ""),
            ),
            Field(
                "action_argument", "Argument", "" if action_kind == DEEDS else values.action_argument,
                hint=hint_of(actions, values.action, "Only for what takes one; empty: its own."),
                error=error("action_argument", ""), follows="action", hints=actions,
                hints_title="What each action takes",
            ),
            Field(
                "template", "Template", kind="select", required=True, error=error("template", ""),
                options=tuple(Option(name, name, name == (values.template or "Blank")) for name in templates),
                hint="The text of mails; Blank for actions that write none.",
            ),
        ),
        "deeds_open": action_kind == DEEDS,
        "deeds_error": error("deeds", ""),
        "deed_rows": _deed_rows(request, values if action_kind == DEEDS else None),
        "deed_hints": kind_hints(request.app.named("rtpy_actions"), _deed_kinds(request)),
        "facts": [(name, fact.kind.value, fact.help) for name, fact in FACTS.items()],
    }  # fmt: skip


def _kind(request: Request, model: type[ScripCondition | ScripAction], name: str) -> str:
    return request.db.scalar(select(model.kind).where(model.name == name)) or name


def _options(hints: Iterable[Hint], chosen: str) -> tuple[Option, ...]:
    names = [hint.value for hint in hints]
    return (Option("", "Choose …", not chosen), *(Option(name, name, name == chosen) for name in names))


def _read_rules(given: Mapping[str, str]) -> RuleSet:
    found: dict[str, list[Test]] = {name: [] for name, _ in PARTS}
    for number in range(MOST_ROWS):
        fact = given.get(f"rule-{number}-fact", "").strip()
        if fact:
            part = given.get(f"rule-{number}-part", "main")
            test = Test(
                fact,
                given.get(f"rule-{number}-comparison", ""),
                given.get(f"rule-{number}-value", "").strip(),
            )
            found.get(part, found["main"]).append(test)
    parts = tuple(
        RuleSet(given.get(f"join-{name}", "any"), tuple(found[name])) for name in ("a", "b") if found[name]
    )
    return RuleSet(given.get("join-main", "all"), tuple(found["main"]), parts)


def _read_deeds(given: Mapping[str, str]) -> list[Deed]:
    return [
        Deed(
            given[f"deed-{number}-action"].strip(),
            given.get(f"deed-{number}-argument", "").strip(),
            given.get(f"deed-{number}-template", "").strip(),
        )
        for number in range(MOST_ROWS)
        if given.get(f"deed-{number}-action", "").strip()
    ]


def _rule_rows(request: Request, values: ScripValues | None) -> list[Row]:
    given = texts_of(request) if request.method == "POST" else {}
    typed = _read_rules(given) if given else None
    rules = typed if typed is not None and (typed.tests or typed.parts) else _stored_rules(values)
    lines = [("main", test) for test in rules.tests]
    for name, part in zip(("a", "b"), rules.parts, strict=False):
        lines += [(name, test) for test in part.tests]
    lines += [("main", Test("", "", ""))] * max(2, 4 - len(lines))
    facts = [(name, name) for name in FACTS]
    facts += [(f"{FIELD}{name}", f"field {name}") for name in known_fields(request.db)]
    roles = roles_of(request.app, request.db).by_role.values()
    facts += [(f"{ROLE}{role.name}", f"role {role.name}") for role in roles if role.is_enabled]
    comparisons = list(dict.fromkeys(word for words in COMPARISONS.values() for word in words))
    return [
        Row(
            number,
            (
                _select(f"rule-{number}-part", "In", PARTS, name),
                _select(f"rule-{number}-fact", "Fact", [("", "–"), *_with(facts, test.fact)], test.fact),
                _select(
                    f"rule-{number}-comparison", "Comparison", [(each, each) for each in comparisons],
                    test.comparison,
                ),
                Field(f"rule-{number}-value", "Value", test.value),
            ),
        )
        for number, (name, test) in enumerate(lines[:MOST_ROWS])
    ]  # fmt: skip


def _with(choices: list[tuple[str, str]], chosen: str) -> list[tuple[str, str]]:
    known = chosen == "" or any(value == chosen for value, _ in choices)
    return choices if known else [*choices, (chosen, chosen)]


def _stored_rules(values: ScripValues | None) -> RuleSet:
    if values is None:
        return RuleSet("all", ())
    try:
        return read_rules(values.condition_argument)
    except Invalid:
        return RuleSet("all", ())


def _joins(values: ScripValues | None) -> tuple[Field, ...]:
    rules = _stored_rules(values)
    joins = {"main": rules.join}
    for name, part in zip(("a", "b"), rules.parts, strict=False):
        joins[name] = part.join
    words = (("all", "all of them"), ("any", "at least one of them"))
    return tuple(
        _select(f"join-{name}", label, words, joins.get(name, "all" if name == "main" else "any"))
        for name, label in (
            ("main", "Of these lines and the groups must hold"),
            ("a", "Of group A must hold"),
            ("b", "Of group B must hold"),
        )
    )


def _deed_rows(request: Request, values: ScripValues | None) -> list[Row]:
    given = texts_of(request) if request.method == "POST" else {}
    deeds = _read_deeds(given)
    if not deeds and values is not None:
        try:
            deeds = list(read_deeds(values.action_argument))
        except Invalid:
            deeds = []
    deeds += [Deed("")] * max(1, 3 - len(deeds))
    kinds = [("", "–")] + [(name, name) for name in _deed_kinds(request)]
    names = request.db.scalars(
        select(Template.name).where(Template.lang == "").distinct().order_by(Template.name)
    )
    templates = [("", "the scrip's own"), *((name, name) for name in names)]
    return [
        Row(
            number,
            (
                _select(f"deed-{number}-action", "Deed", _with(kinds, deed.action), deed.action),
                Field(f"deed-{number}-argument", "Argument", deed.argument),
                _select(
                    f"deed-{number}-template", "Template", _with(templates, deed.template), deed.template
                ),
            ),
        )
        for number, deed in enumerate(deeds[:MOST_ROWS])
    ]


def _deed_kinds(request: Request) -> list[str]:
    return [name for name in request.app.named("rtpy_actions") if name != DEEDS]


def _select(name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str) -> Field:
    options = tuple(Option(value, word, value == chosen) for value, word in choices)
    return Field(name, label, kind="select", required=True, options=options)
