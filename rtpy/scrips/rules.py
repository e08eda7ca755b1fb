"""Rules: the enabled scrips with their condition, action and template, read once and kept until somebody writes."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Scrip, ScripAction, ScripCondition, ScripQueue, Template
from rtpy.remembered import remembered

CREATE = "create"
BATCH = "batch"
ANY = "Any"


@dataclass(frozen=True, slots=True)
class Rule:
    """One scrip in one place: everything it needs, without a query."""

    scrip_id: int
    description: str
    types: frozenset[str]
    condition: str
    condition_argument: str
    action: str
    action_argument: str
    template_name: str
    queue_id: int | None
    stage: str

    def looks_at(self, transaction_type: str) -> bool:
        """Is this type of transaction one of those that the condition looks at?"""
        return ANY in self.types or transaction_type in self.types


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in their order, and the templates by queue (None: everywhere) and name."""

    rules: tuple[Rule, ...]
    templates: dict[tuple[int | None, str], dict[str, str]]
    """The texts of each by language; the one without a language is for everybody else."""
    _found: dict[tuple[int, str, str], tuple[Rule, ...]] = field(default_factory=dict)

    def of(self, queue_id: int, transaction_type: str, stage: str) -> tuple[Rule, ...]:
        """Those for a type of transaction in a queue, the queue's own and the global ones in one order."""
        key = (queue_id, transaction_type, stage)
        if key not in self._found:
            self._found[key] = tuple(
                rule for rule in self.in_queue(queue_id, stage) if rule.looks_at(transaction_type)
            )
        return self._found[key]

    def in_queue(self, queue_id: int, stage: str) -> tuple[Rule, ...]:
        """All of a stage in a queue; a scrip that is set both globally and for the queue counts once."""
        here = [rule for rule in self.rules if rule.stage == stage and rule.queue_id in (None, queue_id)]
        return tuple({rule.scrip_id: rule for rule in reversed(here)}.values())[::-1]

    def texts(self, queue_id: int, name: str) -> dict[str, str] | None:
        """The queue's own template of that name, else the global one, by language; None when there is none."""
        return self.templates.get((queue_id, name)) or self.templates.get((None, name))


def rules_of(app: App, db: Session) -> Rules:
    """The present rules. Usually no query."""
    return remembered(app, db, "scrip_rules", _read)


def _read(db: Session) -> Rules:
    rows = db.execute(
        select(ScripQueue, Scrip, ScripCondition, ScripAction)
        .join(Scrip, Scrip.id == ScripQueue.scrip_id)
        .join(ScripCondition, ScripCondition.id == Scrip.condition_id)
        .join(ScripAction, ScripAction.id == Scrip.action_id)
        .where(Scrip.disabled.is_(False))
        .order_by(ScripQueue.sort_order, ScripQueue.id)
    ).all()
    templates: dict[tuple[int | None, str], dict[str, str]] = {}
    for queue_id, name, lang, content in db.execute(
        select(Template.queue_id, Template.name, Template.lang, Template.content)
    ):
        templates.setdefault((queue_id, name), {})[lang.lower()] = content
    return Rules(
        tuple(rule_of(place, scrip, condition, action) for place, scrip, condition, action in rows), templates
    )


def rule_of(place: ScripQueue, scrip: Scrip, condition: ScripCondition, action: ScripAction) -> Rule:
    """The rule that a scrip is in one place; what it says itself goes before what its condition and action say."""
    types = scrip.transaction_types or condition.transaction_types
    return Rule(
        scrip_id=scrip.id,
        description=scrip.description,
        types=frozenset(name.strip() for name in types.split(",")),
        condition=condition.kind,
        condition_argument=scrip.condition_argument or condition.argument,
        action=action.kind,
        action_argument=scrip.action_argument or action.argument,
        template_name=scrip.template_name,
        queue_id=place.queue_id,
        stage=place.stage,
    )
