"""Every hook of this plugin, each a line or two: its table of contents."""

from collections.abc import Mapping, Sequence

import click
from pyramid.config import Configurator
from sqlalchemy import ColumnElement

import rtpy_portal.models  # noqa: F401 (its tables)
from rtpy import hookimpl
from rtpy.changes.articles import ArticleText
from rtpy.changes.change import Change
from rtpy.changes.merging_people.references import Decision
from rtpy.config.setting import Setting
from rtpy.db.base import table_of
from rtpy.demo.made import Made
from rtpy.health import HealthCheck
from rtpy.history.brought import Sentence
from rtpy.history.public_facts import PublicFact
from rtpy.initialdata.brought import InitialData
from rtpy.jobs.worker import Chore
from rtpy.mail.personal import Addressee, PersonalWords
from rtpy.models import Ticket, Transaction
from rtpy.personal.declared import Kept, Personal
from rtpy.rights.names import RightHelp
from rtpy.search.columns.column import BroughtColumn
from rtpy.search.fields.field import SearchField
from rtpy.search.portlet import BroughtPortlet
from rtpy.shredding.plan import Plan
from rtpy.validating.validation import Validation
from rtpy.web.admin.pages import AdminPage
from rtpy.web.customer_pages import CustomerPages
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.webhooks.events import BroughtEvent
from rtpy.work import Work
from rtpy_portal.access import sight
from rtpy_portal.access.keys import follow_customer
from rtpy_portal.access.settings import SETTINGS as WAYS_IN
from rtpy_portal.asking.holding import HELD_FILES
from rtpy_portal.asking.sections import TOPICS, first_topics
from rtpy_portal.asking.settings import SETTINGS as ASKING
from rtpy_portal.demo.load import load_demo
from rtpy_portal.demo.removing import remove_demo
from rtpy_portal.issues.events import EVENTS
from rtpy_portal.issues.mailing import ISSUE_MAILS
from rtpy_portal.issues.searching import COLUMNS as ISSUE_COLUMNS
from rtpy_portal.issues.searching import FIELDS as ISSUE_FIELDS
from rtpy_portal.issues.telling import tell_customer
from rtpy_portal.knowledge.first_data import give_first_knowledge
from rtpy_portal.knowledge.publishing import PUBLISHING
from rtpy_portal.knowledge.sections import BOOKS
from rtpy_portal.knowledge.working_copy import published_texts
from rtpy_portal.looks.settings import SETTINGS as LOOKS
from rtpy_portal.mails.links import WANTED_LINKS
from rtpy_portal.mails.personal import personal_words
from rtpy_portal.merging import REFERENCES
from rtpy_portal.models import Rating
from rtpy_portal.organizations.settings import SETTINGS as ORGANIZATIONS
from rtpy_portal.personal import PERSONAL
from rtpy_portal.ratings.asking import follow_status
from rtpy_portal.ratings.events import EVENTS as RATING_EVENTS
from rtpy_portal.ratings.following import check_ratings
from rtpy_portal.ratings.mailing import QUESTIONS
from rtpy_portal.ratings.searching import COLUMNS as RATING_COLUMNS
from rtpy_portal.ratings.searching import FIELDS as RATING_FIELDS
from rtpy_portal.ratings.settings import SETTINGS as RATINGS
from rtpy_portal.requests.names import name_in_mails
from rtpy_portal.requests.settings import SETTINGS as REQUESTS
from rtpy_portal.requests.telling import TEXTS as TELLING
from rtpy_portal.requests.telling import read_fields
from rtpy_portal.requests.wishing import TEXTS as WISHES
from rtpy_portal.rights import RIGHTS
from rtpy_portal.validating import VALIDATIONS
from rtpy_portal.web.access.home import PAGES
from rtpy_portal.web.parts import ADMIN_PAGES, MENU, PANELS
from rtpy_portal.web.ratings.portlet import PORTLETS


@hookimpl
def rtpy_rights() -> Mapping[str, RightHelp]:
    """What staff may do: write, publish, see ratings, set up."""
    return RIGHTS


@hookimpl
def rtpy_user_references() -> Mapping[str, Decision]:
    """What a merge of two people does with the portal's rows."""
    return REFERENCES


@hookimpl
def rtpy_settings() -> Sequence[Setting]:
    """What administrators set, by rooms."""
    return (
        *WAYS_IN,
        *ASKING,
        *REQUESTS,
        *ORGANIZATIONS,
        *RATINGS,
        *LOOKS,
    )


@hookimpl
def rtpy_chores() -> Sequence[Chore]:
    """What the worker does: what is due to be published, asked, mailed."""
    return (WANTED_LINKS, HELD_FILES, PUBLISHING, ISSUE_MAILS, QUESTIONS)


def give_first_data(work: Work) -> None:
    """What a new portal begins with."""
    give_first_knowledge(work)
    first_topics(work)


@hookimpl
def rtpy_initialdata() -> InitialData:
    """A first book, and staff who may write."""
    return InitialData(give_first_data, (TOPICS, BOOKS))


@hookimpl
def rtpy_commands(cli: click.Group) -> None:
    """`rtpy portal`."""
    from rtpy_portal.commands.export_knowledge import portal

    cli.add_command(portal)


@hookimpl
def rtpy_web(config: Configurator) -> None:
    """The pages under /portal, and those for staff."""
    config.include("rtpy_portal.web")


@hookimpl
def rtpy_menu() -> Sequence[MenuEntry]:
    """Knowledge, known issues, ratings."""
    return MENU


@hookimpl
def rtpy_customer_pages() -> CustomerPages:
    """Where customers go, and what they read on errors."""
    return PAGES


@hookimpl
def rtpy_kept_from_customers() -> ColumnElement[bool]:
    """What staff hid."""
    return sight.is_hidden()


@hookimpl
def rtpy_admin_pages() -> Sequence[AdminPage]:
    """What is set up."""
    return ADMIN_PAGES


@hookimpl
def rtpy_panels() -> Sequence[Panel]:
    """What stands on pages of staff."""
    return PANELS


@hookimpl
def rtpy_webhook_events() -> Mapping[str, BroughtEvent]:
    """What webhooks can be told of: known issues, ratings."""
    return {**EVENTS, **RATING_EVENTS}


@hookimpl
def rtpy_search_fields() -> Mapping[str, SearchField]:
    """What searches for tickets can ask of the portal."""
    return {**ISSUE_FIELDS, **RATING_FIELDS}


@hookimpl
def rtpy_columns() -> Mapping[str, BroughtColumn]:
    """The same as columns."""
    return {**ISSUE_COLUMNS, **RATING_COLUMNS}


@hookimpl
def rtpy_public_facts(work: Work, ticket: Ticket, lang: str) -> Sequence[PublicFact]:
    """The known issue behind a request, in mails."""
    return tell_customer(work, ticket, lang)


@hookimpl
def rtpy_sender_name(work: Work, name: str) -> str:
    """What mails say of who answers, as `portal.names` wishes; queues speak as the portal."""
    return name_in_mails(work, name)


@hookimpl
def rtpy_article_texts(work: Work, article_ids: Sequence[int]) -> Mapping[int, ArticleText]:
    """Of pages of knowledge what readers get, never the working copy."""
    return published_texts(work, article_ids)


@hookimpl
def rtpy_personal_words(
    work: Work, ticket: Ticket, transaction: Transaction, people: Sequence[Addressee]
) -> Mapping[str, PersonalWords]:
    """Their own link to the request, in mails to customers."""
    return personal_words(work, ticket, transaction, people)


@hookimpl
def rtpy_portlets() -> Mapping[str, BroughtPortlet]:
    """Panes of dashboards: the latest ratings."""
    return PORTLETS


@hookimpl
def rtpy_batch_recorded(work: Work, ticket: Ticket, transactions: tuple[Transaction, ...]) -> None:
    """Who is asked how it went, once a request is solved; which keys die with its customer."""
    follow_status(work, ticket, transactions)
    follow_customer(work, ticket, transactions)


@hookimpl
def rtpy_health(work: Work) -> Sequence[HealthCheck]:
    """Is the queue there that bad ratings make tickets in?"""
    return check_ratings(work)


@hookimpl
def rtpy_form_changes(work: Work, ticket: Ticket, deed: str, given: Mapping[str, str]) -> Sequence[Change]:
    """What a reply says of what went wrong and how it was fixed."""
    return read_fields(work, ticket, deed, given)


@hookimpl
def rtpy_transaction_texts() -> Mapping[str, Sentence]:
    """What histories say of requests."""
    return {**TELLING, **WISHES}


@hookimpl
def rtpy_load_demo(work: Work, made: Made) -> None:
    """Pages, known issues, ratings and members of the sample consultancy."""
    load_demo(work, made)


@hookimpl
def rtpy_remove_demo(work: Work, made: Made) -> None:
    """All of it, taken away again."""
    remove_demo(work, made)


@hookimpl
def rtpy_shred(work: Work, plan: Plan) -> None:
    """A rating forgets the ticket that was made of it."""
    plan.change(table_of(Rating), "follow_up_id", plan.ids(Ticket), None)


@hookimpl
def rtpy_validations() -> Sequence[Validation]:
    """Keys, ratings, pages."""
    return VALIDATIONS


@hookimpl
def rtpy_personal_data() -> Sequence[Personal | Kept]:
    """Keys, memberships, questions, ratings."""
    return PERSONAL
