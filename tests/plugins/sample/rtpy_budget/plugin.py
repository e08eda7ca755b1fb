"""Every hook of this plugin, each a line or two: its table of contents."""

from rtpy import hookimpl
from rtpy.jobs.worker import Chore
from rtpy_budget import (
    allowances,
    columns,
    customers,
    extending,
    health,
    home,
    kinds,
    pages,
    panes,
    report,
    rules,
    scrips,
    search,
    setup,
)
from rtpy_budget.options import OPTIONS, SETTINGS


@hookimpl
def rtpy_options():
    """`budget.minutes` and `budget.book_first`."""
    return OPTIONS


@hookimpl
def rtpy_settings():
    """What administrators set on the page Settings."""
    return SETTINGS


@hookimpl
def rtpy_rights():
    """`SeeBudgets`."""
    return pages.RIGHTS


@hookimpl
def rtpy_panels():
    """What is left, on tickets; travel, with a reply."""
    return pages.PANELS


@hookimpl
def rtpy_menu():
    """Over budget."""
    return pages.MENU


@hookimpl
def rtpy_customer_pages():
    """Their own budget."""
    return home.PAGES


@hookimpl
def rtpy_admin_pages():
    """The same for administrators."""
    return pages.ADMIN_PAGES


@hookimpl
def rtpy_form_changes(deed, given):
    """The minutes of travel."""
    return pages.add_travel(deed, given)


@hookimpl
def rtpy_public_facts(work, ticket, lang):
    """Minutes that are being given."""
    return extending.tell_customer(work, lang)


@hookimpl
def rtpy_sender_name(work, ticket, name):
    """Whoever answers about money is the accounts department."""
    return customers.sender(ticket)


@hookimpl
def rtpy_article_texts(work, article_ids):
    """What budgets say of themselves is never what is being written."""
    return customers.approved_texts(work, article_ids)


@hookimpl
def rtpy_personal_words(work, ticket, people):
    """The budget's page, by a key for each."""
    return extending.write_keys(work, ticket, people)


@hookimpl
def rtpy_customer_documents(work, organization_id, lang):
    """The minutes of an organisation's requests, as a list."""
    return customers.documents(work, organization_id, lang)


@hookimpl
def rtpy_customer_facts(work, organization_id, lang):
    """Their sum."""
    return customers.facts(work, organization_id)


@hookimpl
def rtpy_money_facts(work, ticket, lang):
    """The minutes of one."""
    return customers.facts_of_request(ticket)


@hookimpl
def rtpy_kept_from_customers():
    """What nobody pays."""
    return customers.is_internal()


@hookimpl
def rtpy_conditions():
    """OverBudget."""
    return {"OverBudget": scrips.OVER_BUDGET}


@hookimpl
def rtpy_actions():
    """RaisePriority."""
    return {"RaisePriority": scrips.RAISE_PRIORITY}


@hookimpl
def rtpy_columns():
    """BudgetLeft."""
    return {"BudgetLeft": columns.BUDGET_LEFT}


@hookimpl
def rtpy_portlets():
    """`over_budget`."""
    return {"over_budget": panes.OVER_BUDGET}


@hookimpl
def rtpy_canonicalizers():
    """`Cost centre`."""
    return {"Cost centre": rules.write_cost_centre}


@hookimpl
def rtpy_custom_field_kinds():
    """`budget.hours`."""
    return kinds.KINDS


@hookimpl
def rtpy_search_fields():
    """`BudgetLeft`."""
    return {search.BUDGET_LEFT.name: search.BUDGET_LEFT}


@hookimpl
def rtpy_webhook_events():
    """`budget.passed`."""
    return rules.EVENTS


@hookimpl
def rtpy_transaction_texts():
    """`budget.extended`."""
    return extending.TEXTS


@hookimpl
def rtpy_mail_commands():
    """`Budget: 30`."""
    return extending.COMMANDS


@hookimpl
def rtpy_chores():
    """The list in the home, brought up to date every five minutes."""
    return [Chore("budget.report", 300.0, report.write_report)]


@hookimpl
def rtpy_initialdata():
    """An allowance for root, and allowances in set-up files."""
    return setup.DATA


@hookimpl
def rtpy_user_references():
    """What becomes of allowances when people are merged."""
    return allowances.REFERENCES


@hookimpl
def rtpy_web(config):
    """The page /budget."""
    config.include("rtpy_budget.web")


@hookimpl
def rtpy_rest2():
    """The address /REST/2.0/budget."""
    from rtpy_budget.api import ROUTES

    return ROUTES


@hookimpl
def rtpy_commands(cli):
    """`rtpy over-budget`."""
    from rtpy_budget.command import over_budget

    cli.add_command(over_budget)


@hookimpl
def rtpy_health(work):
    """One check."""
    return health.checks(work.db)


@hookimpl
def rtpy_vital_figures(work):
    """All that anybody may spend."""
    return health.vital(work.db)


@hookimpl
def rtpy_check_change(work, ticket, change):
    """Minutes first, then resolved."""
    rules.refuse_resolving_without_minutes(work, ticket, change)


@hookimpl
def rtpy_transaction_recorded(work, ticket, transaction):
    """Who works on it owns it."""
    rules.give_to_worker(work, ticket, transaction)


@hookimpl
def rtpy_batch_recorded(work, ticket, transactions):
    """The warning."""
    rules.warn_when_passed(work, ticket, transactions)


@hookimpl
def rtpy_people_merged(work, kept, merged):
    """The allowances of both are one."""
    allowances.add_allowances(work, kept, merged)


@hookimpl
def rtpy_begin_demo(work, made):
    """Less of it while they are new."""
    setup.begin_demo(work, made)


@hookimpl
def rtpy_load_demo(work, made):
    """Allowances for the invented staff."""
    setup.load_demo(work, made)


@hookimpl
def rtpy_remove_demo(work, made):
    """These, too."""
    setup.remove_demo(work, made)


@hookimpl
def rtpy_account_changed(work, user, what, old):
    """A note."""
    rules.note_account_change(user, what, old)


@hookimpl
def rtpy_settings_changed(work, plugin, before, after):
    """A note."""
    rules.note_settings_change(work, plugin, before, after)


@hookimpl
def rtpy_calendar_uses(work, calendar_id):
    """Budgets are of working days."""
    return rules.uses_of_calendar(work, calendar_id)


@hookimpl
def rtpy_calendar_changed(work, calendar_id, since):
    """A note."""
    rules.note_calendar_change(work, calendar_id, since)


@hookimpl
def rtpy_ball(work, ticket):
    """The customer's, once the budget is used up."""
    return rules.ball_of(work, ticket)


@hookimpl
def rtpy_personal_data():
    """Allowances."""
    return allowances.PERSONAL


@hookimpl
def rtpy_validations():
    """No allowance below nothing."""
    return allowances.VALIDATIONS


@hookimpl
def rtpy_shred(plan):
    """What somebody gave goes with them; whoever may spend more stays."""
    allowances.shred(plan)
