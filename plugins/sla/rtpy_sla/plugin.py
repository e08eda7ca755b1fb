"""Every hook of this plugin, each a line or two: its table of contents."""

from collections.abc import Mapping, Sequence
from datetime import date

import click
from pyramid.config import Configurator

import rtpy_sla.models  # noqa: F401 (its tables)
from rtpy import hookimpl
from rtpy.calendars.use import CalendarUse
from rtpy.changes.change import Change
from rtpy.changes.merging_people.references import Decision
from rtpy.config.setting import Setting
from rtpy.content.part import Message
from rtpy.demo.made import Made
from rtpy.health import HealthCheck
from rtpy.history.ball import Ball
from rtpy.history.brought import Sentence
from rtpy.history.customer_side import CustomerDocument
from rtpy.history.public_facts import PublicFact
from rtpy.initialdata.brought import InitialData
from rtpy.jobs.worker import Chore
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import RightHelp
from rtpy.scrips.kinds import ActionKind, ConditionKind
from rtpy.search.columns.column import BroughtColumn
from rtpy.search.fields.field import SearchField
from rtpy.validating.validation import Validation
from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.webhooks.events import BroughtEvent
from rtpy.work import Work
from rtpy_sla.demo import load as demo
from rtpy_sla.demo.removing import remove_demo
from rtpy_sla.escalation.events import EVENTS
from rtpy_sla.escalation.health import check_escalation
from rtpy_sla.escalation.run import ESCALATION
from rtpy_sla.escalation.sections import LADDERS as LADDER_SECTION
from rtpy_sla.following.balls_told import ball_told
from rtpy_sla.following.past_settings import keep_past
from rtpy_sla.following.sentences import TEXTS as SENTENCES
from rtpy_sla.ladder.settings import SETTINGS as LADDERS
from rtpy_sla.levels.choosing import give_level, read_level
from rtpy_sla.levels.scrips import ACTIONS, CONDITIONS
from rtpy_sla.levels.sections import LEVELS as LEVEL_SECTION
from rtpy_sla.levels.sections import QUEUES as QUEUE_SECTION
from rtpy_sla.levels.settings import SETTINGS as LEVELS
from rtpy_sla.merging import REFERENCES
from rtpy_sla.policies import calendars
from rtpy_sla.policies.keeping import follow
from rtpy_sla.policies.retiring import RETIRING
from rtpy_sla.policies.sections import POLICIES
from rtpy_sla.promises.recorded import TEXTS as PROMISES
from rtpy_sla.promises.telling import tell_customer
from rtpy_sla.reports.for_customers import documents_of
from rtpy_sla.reports.mailing import MAILING
from rtpy_sla.reports.settings import SETTINGS as SERVICE_REPORTS
from rtpy_sla.rights import RIGHTS
from rtpy_sla.searching import COLUMNS, FIELDS
from rtpy_sla.settings import SETTINGS
from rtpy_sla.validating import VALIDATIONS
from rtpy_sla.web.composer.closing import read_fields
from rtpy_sla.web.menu import ADMIN_PAGES, MENU, PANELS


@hookimpl
def rtpy_rights() -> Mapping[str, RightHelp]:
    """Who sets up, excuses, reports."""
    return RIGHTS


@hookimpl
def rtpy_user_references() -> Mapping[str, Decision]:
    """What a merge of two people does with their clocks."""
    return REFERENCES


@hookimpl
def rtpy_settings() -> Sequence[Setting]:
    """What administrators set for all service levels."""
    return (*SETTINGS, *LADDERS, *LEVELS, *SERVICE_REPORTS)


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does each minute: steps, misses, pauses that are over."""
    return [ESCALATION, RETIRING, MAILING]


@hookimpl
def rtpy_webhook_events() -> Mapping[str, BroughtEvent]:
    """sla.escalated, sla.missed."""
    return EVENTS


@hookimpl
def rtpy_web(config: Configurator) -> None:
    """The pages under /sla and /admin/sla."""
    config.include("rtpy_sla.web")


@hookimpl
def rtpy_menu() -> Sequence[MenuEntry]:
    """Service levels."""
    return MENU


@hookimpl
def rtpy_admin_pages() -> Sequence[AdminPage]:
    """What is set up."""
    return ADMIN_PAGES


@hookimpl
def rtpy_panels() -> Sequence[Panel]:
    """What stands on tickets, in their forms and on the first page."""
    return PANELS


@hookimpl
def rtpy_form_changes(work: Work, ticket: Ticket, deed: str, given: Mapping[str, str]) -> Sequence[Change]:
    """What a reply promises and keeps, why something was missed, and RT's own level."""
    return (*read_fields(work, ticket, deed, given), *read_level(work, ticket, deed, given))


@hookimpl
def rtpy_public_facts(work: Work, ticket: Ticket, lang: str) -> Sequence[PublicFact]:
    """What is promised to the customer, and nothing else."""
    return tell_customer(work, ticket, lang)


@hookimpl
def rtpy_ball(work: Work, ticket: Ticket) -> Ball | None:
    """By the clocks as they stand."""
    return ball_told(work, ticket)


@hookimpl
def rtpy_transaction_texts() -> Mapping[str, Sentence]:
    """What histories say of policies, balls, misses and promises."""
    return {**SENTENCES, **PROMISES}


@hookimpl
def rtpy_conditions() -> Mapping[str, ConditionKind]:
    """RT's conditions of service levels."""
    return CONDITIONS


@hookimpl
def rtpy_actions() -> Mapping[str, ActionKind]:
    """RT's actions of service levels."""
    return ACTIONS


@hookimpl
def rtpy_transaction_recorded(
    work: Work, ticket: Ticket, transaction: Transaction, message: Message | None
) -> None:
    """A new ticket gets RT's own level of its queue."""
    give_level(work, ticket, transaction)


@hookimpl
def rtpy_initialdata() -> InitialData:
    """Ladders and levels in set-up files."""
    return InitialData(sections=(LADDER_SECTION, POLICIES, LEVEL_SECTION, QUEUE_SECTION))


@hookimpl
def rtpy_batch_recorded(work: Work, ticket: Ticket, transactions: tuple[Transaction, ...]) -> None:
    """The policy that fits is pinned or offered, and clocks are worked out again."""
    follow(work, ticket, transactions)


@hookimpl
def rtpy_search_fields() -> Mapping[str, SearchField]:
    """SLADue, SLABreached, SLAPaused, SLAPolicy, SLATarget, BallWith."""
    return FIELDS


@hookimpl
def rtpy_columns() -> Mapping[str, BroughtColumn]:
    """The same as columns."""
    return COLUMNS


@hookimpl
def rtpy_settings_changed(
    work: Work, plugin: str, before: Mapping[str, object], after: Mapping[str, object]
) -> None:
    """The past stays counted by what was set then."""
    if plugin == "sla":
        keep_past(work, before, after)


@hookimpl
def rtpy_begin_demo(work: Work, made: Made) -> None:
    """What the sample consultancy promises."""
    demo.begin_demo(work, made)


@hookimpl
def rtpy_load_demo(work: Work, made: Made) -> None:
    """A promise, causes and an excuse."""
    demo.load_demo(work, made)


@hookimpl
def rtpy_remove_demo(work: Work, made: Made) -> None:
    """All of that."""
    remove_demo(work, made)


@hookimpl
def rtpy_commands(cli: click.Group) -> None:
    """`rtpy sla`."""
    from rtpy_sla.commands.recount import sla

    cli.add_command(sla)


@hookimpl
def rtpy_health(work: Work) -> Sequence[HealthCheck]:
    """Are steps of escalation taken in time?"""
    return check_escalation(work)


@hookimpl
def rtpy_calendar_uses(work: Work, calendar_id: int) -> Sequence[CalendarUse]:
    """Policies and levels."""
    return calendars.uses_of_calendar(work, calendar_id)


@hookimpl
def rtpy_calendar_changed(work: Work, calendar_id: int, since: date | None) -> None:
    """Due moments move with the hours."""
    calendars.count_anew(work, calendar_id)


@hookimpl
def rtpy_customer_documents(work: Work, organization_id: int, lang: str) -> Sequence[CustomerDocument]:
    """Service reports."""
    return documents_of(work, organization_id, lang)


@hookimpl
def rtpy_validations() -> Sequence[Validation]:
    """Clocks against histories."""
    return VALIDATIONS
