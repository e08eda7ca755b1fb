"""Every hook of this plugin, each a line or two: its table of contents."""

from collections.abc import Mapping, Sequence
from datetime import date

import click
from pyramid.config import Configurator

import rtpy_billing.models  # noqa: F401 (its tables)
from rtpy import hookimpl
from rtpy.calendars.use import CalendarUse
from rtpy.changes.change import Change
from rtpy.changes.merging_people.references import Decision
from rtpy.config.setting import Setting
from rtpy.content.part import Message
from rtpy.demo.made import Made
from rtpy.history.customer_side import CustomerDocument, CustomerFact
from rtpy.initialdata.brought import InitialData
from rtpy.jobs.worker import Chore
from rtpy.models import Ticket, Transaction
from rtpy.personal.declared import Kept, Personal
from rtpy.rest2.route import Route
from rtpy.rights.names import RightHelp
from rtpy.search.columns.column import BroughtColumn
from rtpy.search.fields.field import SearchField
from rtpy.shredding.plan import Plan
from rtpy.validating.validation import Validation
from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.work import Work
from rtpy_billing.agreements.chores import AGREEMENTS
from rtpy_billing.agreements.counting import COUNTING
from rtpy_billing.capture.describing import read_description
from rtpy_billing.capture.recorded import follow
from rtpy_billing.capture.suggesting import suggest
from rtpy_billing.demo.load import load_demo
from rtpy_billing.demo.removing import remove as remove_demo
from rtpy_billing.first_data import give_first_data
from rtpy_billing.invoicing.chores import CHORES as INVOICING
from rtpy_billing.loose_ends.looking import LOOKING
from rtpy_billing.loose_ends.mailing import MAILING
from rtpy_billing.merging import REFERENCES
from rtpy_billing.personal import PERSONAL
from rtpy_billing.repricing.calendars import reprice_calendar, uses_of_calendar
from rtpy_billing.rights import RIGHTS
from rtpy_billing.searching import COLUMNS, FIELDS
from rtpy_billing.settings import SETTINGS
from rtpy_billing.shredding import shred
from rtpy_billing.statements.for_customers import documents_of, facts_of, facts_of_request
from rtpy_billing.statements.mailing import STATEMENTS
from rtpy_billing.validating import VALIDATIONS
from rtpy_billing.vital import vital_figures
from rtpy_billing.web.menu import ADMIN_PAGES, MENU, PANELS


@hookimpl
def rtpy_rights() -> Mapping[str, RightHelp]:
    """Who logs, approves, sees money, issues."""
    return RIGHTS


@hookimpl
def rtpy_settings() -> Sequence[Setting]:
    """What administrators set for all of billing."""
    return SETTINGS


@hookimpl
def rtpy_calendar_uses(work: Work, calendar_id: int) -> Sequence[CalendarUse]:
    """Customers and agreements whose hours it says."""
    return uses_of_calendar(work, calendar_id)


@hookimpl
def rtpy_calendar_changed(work: Work, calendar_id: int, since: date | None) -> None:
    """Price what is open anew."""
    reprice_calendar(work, calendar_id)


@hookimpl
def rtpy_user_references() -> Mapping[str, Decision]:
    """What a merge of two people does with their work."""
    return REFERENCES


@hookimpl
def rtpy_web(config: Configurator) -> None:
    """The pages under /billing."""
    config.include("rtpy_billing.web")


@hookimpl
def rtpy_menu() -> Sequence[MenuEntry]:
    """Time and billing."""
    return MENU


@hookimpl
def rtpy_admin_pages() -> Sequence[AdminPage]:
    """What is set up."""
    return ADMIN_PAGES


@hookimpl
def rtpy_panels() -> Sequence[Panel]:
    """What stands on tickets, organisations and in the bar at the top."""
    return PANELS


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does for billing."""
    return [AGREEMENTS, COUNTING, STATEMENTS, LOOKING, MAILING, *INVOICING]


@hookimpl
def rtpy_transaction_recorded(
    work: Work, ticket: Ticket, transaction: Transaction, message: Message | None
) -> None:
    """Minutes become entries, which follow merges and moves; long messages without any are proposed."""
    follow(work, ticket, transaction, message)
    if not transaction.time_taken:
        suggest(work, ticket, transaction, message)


@hookimpl
def rtpy_form_changes(work: Work, ticket: Ticket, deed: str, given: Mapping[str, str]) -> Sequence[Change]:
    """What was said beside a reply about the work in it."""
    return read_description(work, ticket, deed, given)


@hookimpl
def rtpy_commands(cli: click.Group) -> None:
    """`rtpy billing`, `rtpy time`."""
    from rtpy_billing.commands.series import billing
    from rtpy_billing.commands.time import log_time

    cli.add_command(billing)
    cli.add_command(log_time)


@hookimpl
def rtpy_load_demo(work: Work, made: Made) -> None:
    """Agreements, entries and invoices for the sample consultancy."""
    load_demo(work, made)


@hookimpl
def rtpy_remove_demo(work: Work, made: Made) -> None:
    """All of that, and what was logged on its tickets."""
    remove_demo(work, made)


@hookimpl
def rtpy_rest2() -> Sequence[Route]:
    """/REST/2.0/billing/entries."""
    from rtpy_billing.rest2.entries import ROUTES

    return ROUTES


@hookimpl
def rtpy_initialdata() -> InitialData:
    """Who may log time from the first day on."""
    return InitialData(first=give_first_data)


@hookimpl
def rtpy_search_fields() -> Mapping[str, SearchField]:
    """UnbilledMinutes, Agreement."""
    return FIELDS


@hookimpl
def rtpy_columns() -> Mapping[str, BroughtColumn]:
    """UnbilledMinutes, Agreement."""
    return COLUMNS


@hookimpl
def rtpy_vital_figures(work: Work) -> Mapping[str, str]:
    """Ledgers, invoices, payments and work."""
    return vital_figures(work.db)


@hookimpl
def rtpy_customer_documents(work: Work, organization_id: int, lang: str) -> Sequence[CustomerDocument]:
    """Invoices, credit notes, statements."""
    return documents_of(work, organization_id, lang)


@hookimpl
def rtpy_customer_facts(work: Work, organization_id: int, lang: str) -> Sequence[CustomerFact]:
    """What is left of balances."""
    return facts_of(work, organization_id, lang)


@hookimpl
def rtpy_money_facts(work: Work, ticket: Ticket, lang: str) -> Sequence[CustomerFact]:
    """Time and cost, as far as the customer's statements show them."""
    return facts_of_request(work, ticket, lang)


@hookimpl
def rtpy_shred(work: Work, plan: Plan) -> None:
    """What was logged goes with its ticket, unless it was billed."""
    shred(work, plan)


@hookimpl
def rtpy_validations() -> Sequence[Validation]:
    """Sums, balances, numbers."""
    return VALIDATIONS


@hookimpl
def rtpy_personal_data() -> Sequence[Personal | Kept]:
    """Work and expenses; invoices are kept by law."""
    return PERSONAL
