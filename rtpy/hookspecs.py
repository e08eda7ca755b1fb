"""Every hook of rtpy, in the order of a ticket's life.

Five kinds, told apart by their names. *Register* hooks (plural nouns) return what a plugin brings, always the same.
*Attach* hooks get the thing to attach to. *Ask* hooks answer a question during the work and write nothing. *Refuse*
hooks are called before an effect and raise `rtpy.errors.Refused` to stop it. *Tell* hooks are called after the effect
in the same database transaction: an exception undoes the whole bundle. Plugins are called in the order in which
rtpy.toml lists them, after the core's own (scrips and mail).
"""

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from pyramid.config import Configurator
    from sqlalchemy import ColumnElement

    from rtpy.calendars.use import CalendarUse
    from rtpy.changes.articles import ArticleText
    from rtpy.changes.change import Change
    from rtpy.changes.merging_people.references import Decision
    from rtpy.config.options import Option
    from rtpy.config.setting import Setting
    from rtpy.content.part import Message
    from rtpy.customfields.brought import BroughtKind
    from rtpy.demo.made import Made
    from rtpy.health import HealthCheck
    from rtpy.history.ball import Ball
    from rtpy.history.brought import Sentence
    from rtpy.history.customer_side import CustomerDocument, CustomerFact
    from rtpy.history.public_facts import PublicFact
    from rtpy.initialdata.brought import InitialData
    from rtpy.jobs.worker import Chore
    from rtpy.mail.commands.brought import MailCommand
    from rtpy.mail.personal import Addressee, PersonalWords
    from rtpy.models import Ticket, Transaction, User
    from rtpy.personal.declared import Kept, Personal
    from rtpy.rest2.route import Route
    from rtpy.rights.names import RightHelp
    from rtpy.scrips.kinds import ActionKind, ConditionKind
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

# mypy: disable-error-code="empty-body"

hookspec = pluggy.HookspecMarker("rtpy")
hookimpl = pluggy.HookimplMarker("rtpy")


# --- register: once, at the start -------------------------------------------------------------------------------


@hookspec
def rtpy_options() -> "Sequence[Option]":
    """Options of this plugin for its section of rtpy.toml: their names are `NAME.option`, NAME as the plugin is listed.

    They are checked at the start, all at once; `app.options["NAME.option"]` has the value, typed. New in 0.1.
    """


@hookspec
def rtpy_settings() -> "Sequence[Setting]":
    """Settings of this plugin that administrators change while rtpy runs; their names are `NAME.setting`.

    The page Settings of the plugin is made of them, and so is its part of set-up files. `rtpy.plugin_settings.setting`
    has the value, typed, without a query as a rule. What must be known before the database can be asked is an option.
    A name that is there, or a usual value that is wrong, stops the start. New in 0.1.
    """


@hookspec
def rtpy_rights() -> "Mapping[str, RightHelp]":
    """Rights of this plugin by name, written like RT's (`SeeMoney`): on what they are held, for whom, what they allow.

    They are granted on the pages of rights like the core's, and asked for as permission of a view, by
    `work.rights.system(name)`, `need_system` and the like. A name that exists stops the start. New in 0.1.
    """


@hookspec
def rtpy_conditions() -> "Mapping[str, ConditionKind]":
    """Kinds of scrip conditions by name; a name that exists stops the start. New in 0.1."""


@hookspec
def rtpy_actions() -> "Mapping[str, ActionKind]":
    """Kinds of scrip actions by name; a name that exists stops the start. New in 0.1."""


@hookspec
def rtpy_columns() -> "Mapping[str, BroughtColumn]":
    """Columns of search results by name: title, kind, and a function that loads the values of a page of tickets.

    The name is letters and digits, none that rtpy has itself. It can then stand in formats, exports and the list of
    columns of the search page. The function gets a `Work` and the ids of at most 500 tickets, all of which the reader
    may see; it must not ask one query for each, and leave out what else this reader may not see. New in 0.1.
    """


@hookspec
def rtpy_portlets() -> "Mapping[str, BroughtPortlet]":
    """Panes of dashboards by name: title, template, and a function that gives the template's values.

    The name is letters, digits and underscores, none that rtpy has itself; dashboards keep it. The pane is then offered
    beside the ready-made ones. What goes wrong in it is said in its place and logged; the rest of the dashboard stays.
    Dashboards by mail show its table where it brings one, else where it is seen. New in 0.1.
    """


@hookspec
def rtpy_custom_field_kinds() -> "Mapping[str, BroughtKind]":
    """Further kinds of custom fields, by name: `PLUGIN.name`, 80 characters at most.

    Each reads a value as typed, says how it is shown, and whether it is sorted and searched as text, number or date;
    see `rtpy.customfields.brought.BroughtKind`. It can stand wherever the core's kinds can. While its plugin is not
    listed, its fields count as lines of text and keep what they hold. New in 0.1.
    """


@hookspec
def rtpy_canonicalizers() -> "Mapping[str, Callable[[str], str]]":
    """Functions by name that rewrite a value of a custom field before it is checked and stored.

    An administrator chooses one for a field; Uppercase and Lowercase are the core's own, another of that name takes
    their place. A function gets the text of one value and returns the text to be kept; the same text again must stay
    as it is. New in 0.1.
    """


@hookspec
def rtpy_panels() -> "Sequence[Panel]":
    """Pieces for pages of the core, each for a place that is promised: `rtpy.web.panels.PLACES`.

    A panel has a template and a function that gives its values, None when there is nothing to show. One that fails
    says so in its place and in the log; the rest of the page stays. A place that there is not stops the start.
    New in 0.1.
    """


@hookspec
def rtpy_menu() -> "Sequence[MenuEntry]":
    """Lines of the main menu, by headings of their own, with the rights that show them. New in 0.1."""


@hookspec
def rtpy_customer_pages() -> "CustomerPages":
    """The pages of this plugin for customers: where they are sent from pages of staff, and what they read on errors.

    Of several plugins the first that is listed counts. New in 0.1.
    """


@hookspec
def rtpy_kept_from_customers() -> "ColumnElement[bool]":
    """A clause over `tickets`: those that no customer may read of, whoever takes part in them.

    Documents that plugins make for customers leave them out, or say nothing of them but time and money. New in 0.1.
    """


@hookspec
def rtpy_admin_pages() -> "Sequence[AdminPage]":
    """Pages of the administration: they stand in its menu and on its overview beside the core's. New in 0.1."""


@hookspec
def rtpy_search_fields() -> "Mapping[str, SearchField]":
    """Further fields of searches for tickets, by the names that queries use, such as `Rating` in `Rating < 3`.

    Each says which operators it takes and makes a clause over `tickets` of one term; see
    `rtpy.search.fields.field.SearchField`. What the reader may not know of a ticket must count as if it were empty.
    A name that exists stops the start. New in 0.1.
    """


@hookspec
def rtpy_webhook_events() -> "Mapping[str, BroughtEvent]":
    """Further events that webhooks can be told of, by name: `PLUGIN.name`, 40 characters at most.

    Each has its words for the form of webhooks, and the right that a webhook's person must hold. The plugin tells of
    one with `rtpy.webhooks.announcing.announce(work, name, payload)` in the transaction of its cause. New in 0.1.
    """


@hookspec
def rtpy_chores() -> "Sequence[Chore]":
    """What the worker does again and again, each with its interval and in transactions of its own. New in 0.1."""


@hookspec
def rtpy_rest2() -> "Sequence[Route]":
    """Further addresses under /REST/2.0/: patterns with the resources that answer them.

    The first word of each pattern is the plugin's own; see `rtpy.rest2.resource.Resource`. Who calls is logged in
    when a resource is asked, and nothing more: `is_forbidden` asks for the right. New in 0.1.
    """


@hookspec
def rtpy_initialdata() -> "InitialData":
    """The first data of this plugin, and its sections of set-up files (`rtpy load`, `rtpy config export`).

    `first(work)` is called once, when `rtpy up`, `init` or `migrate` has made the plugin's tables: as RT_System, in a
    transaction of its own, which an exception undoes; it is then tried again the next time. Dropping the plugin's data
    forgets that it was done. A section begins with the plugin's name and `_`; see
    `rtpy.initialdata.section.Section`. New in 0.1.
    """


@hookspec
def rtpy_transaction_texts() -> "Mapping[str, Sentence]":
    """What this plugin's own types of transactions say in histories, by type: `PLUGIN.name`, 40 characters at most.

    Each is a function of a `rtpy.history.brought.Happened` and of one that writes moments; it gives a sentence to be
    read after somebody's name, such as “extended the budget by 30 minutes”. It stands on pages, in searches, webhooks
    and the API. Staff who may see a ticket read it; customers never do. One that raises is left out. New in 0.1.
    """


@hookspec
def rtpy_mail_commands() -> "Mapping[str, MailCommand]":
    """Further commands that proved staff may write at the top of a mail, by name: `budget` for `Budget: 30`.

    A name is small letters and digits, none that rtpy has itself. What it reads becomes changes of the ticket, made in
    one bundle with all other lines and the message, or not at all; see `rtpy.mail.commands.brought.MailCommand`.
    New in 0.1.
    """


@hookspec
def rtpy_user_references() -> "Mapping[str, Decision]":
    """What a merge of two people does with the columns of this plugin's tables that point at people: `table.column`.

    They move, stay or are deleted; see `rtpy.changes.merging_people.references.Decision`. Every column with a foreign
    key to users or principals must be there, or the start stops; so the plugin's module imports its models.
    New in 0.1.
    """


@hookspec
def rtpy_personal_data() -> "Sequence[Personal | Kept]":
    """What this plugin's tables hold of people: for giving it out, and for when somebody is to be forgotten.

    `Personal` are rows about a person and what becomes of them; `Kept` are columns in which names and addresses stay,
    with the reason, such as invoices that the law wants kept. In all other columns of texts a former person's names and
    addresses are replaced without being declared. New in 0.1.
    """


@hookspec
def rtpy_validations() -> "Sequence[Validation]":
    """What of this plugin's tables must hold together: `rtpy validator` asks, and repairs what can be repaired.

    The name of each begins with the plugin's: `NAME.what`. Each looks by a few statements over whole tables, as
    RT_System in a transaction in which nothing can be written; a repair has a transaction of its own. One that raises
    is told and hides no other. New in 0.1.
    """


# --- attach: once, at the start ---------------------------------------------------------------------------------


@hookspec
def rtpy_web(config: "Configurator") -> None:
    """Add routes and views: the plugin's `includeme`. Every view names a permission. New in 0.1.

    Templates and static files lie in the folders `templates/NAME/` and `static/NAME/` beside the plugin's module.
    """


@hookspec
def rtpy_commands(cli: Any) -> None:
    """Add commands to the click group `cli`; not under the name of a command of rtpy.

    Called when a command is looked for, without an app: import what is heavy inside the command. New in 0.1.
    """


# --- ask: during the work ---------------------------------------------------------------------------------------


@hookspec
def rtpy_form_changes(
    work: "Work", ticket: "Ticket", deed: str, given: "Mapping[str, str]"
) -> "Sequence[Change] | None":
    """Changes that the plugin's own fields in a form of the core ask for, to be made in the same bundle.

    `deed` is `reply`, `comment`, `create` or `modify`; `given` is what was typed, by the names of the fields: begin
    those of a plugin's panel with `NAME.`. They come after what the form says itself, and before a new status. Nothing
    may be written here. Raise Invalid with the name of the field: then nothing happens, and the form is shown again
    with all that was typed. New in 0.1.
    """


@hookspec
def rtpy_calendar_uses(work: "Work", calendar_id: int) -> "Sequence[CalendarUse]":
    """What of this plugin counts in a working calendar, or has counted in it: customers, agreements, policies.

    Shown on the calendar's page. A calendar that nothing uses says what is changed from ever, any other from a date
    on. Called when one is shown or saved: a query or two. New in 0.1.
    """


@hookspec
def rtpy_public_facts(work: "Work", ticket: "Ticket", lang: str) -> "Sequence[PublicFact]":
    """What the customer of `ticket` may know from this plugin, a line each: a label and a text, such as a promise.

    `lang` is the reader's language, such as `de` or `de-at`; empty when several read it or nobody has said.

    Mails that carry a reply say it below the words, the answer to a new request what is `in_answers`; pages for
    customers show it. Whatever is said here is public: never what a comment says, who works, or what it costs us.
    `work.under_way` are the changes of the bundle that the reply is part of, of which the later ones are not applied
    yet. One query at most; what raises is logged, and the mail goes out without. New in 0.1.
    """


@hookspec
def rtpy_personal_words(
    work: "Work", ticket: "Ticket", transaction: "Transaction", people: "Sequence[Addressee]"
) -> "Mapping[str, PersonalWords]":
    """What a mail about `ticket` says to each of these customers alone, by address: lines and links, below its text.

    Unlike other ask hooks it may write rows of its own. Not asked for internal mails; what it says lies sealed, and is
    in no other copy. What raises is logged, and the mail goes out without. New in 0.1.
    """


@hookspec(firstresult=True)
def rtpy_sender_name(work: "Work", ticket: "Ticket", name: str) -> "str | None":
    """What customers read as the sender of a mail about `ticket` in place of `name`, somebody of ours; None: the name.

    `name` is empty where the queue speaks, in automatic answers. The first answer counts. A query at most; when it
    raises, that is logged and the mail comes from the site. New in 0.1.
    """


@hookspec
def rtpy_article_texts(work: "Work", article_ids: "Sequence[int]") -> "Mapping[int, ArticleText]":
    """What goes into a message in place of these articles, by number: such as the text that was approved last.

    Articles that it does not name go in as they are. One query; what raises fails the page. New in 0.1.
    """


@hookspec(firstresult=True)
def rtpy_ball(work: "Work", ticket: "Ticket") -> "Ball | None":
    """Who has the next step on `ticket`, for its customer to read; None when this plugin does not know.

    The first answer counts. One query; what raises is logged and counts as None. New in 0.1.
    """


@hookspec
def rtpy_health(work: "Work") -> "Sequence[HealthCheck]":
    """Is everything of this plugin in order? Each check has a name, a yes or no, and a sentence for administrators.

    Asked by /ready, /metrics, the overview of the administration and `rtpy check`, as RT_System, in a transaction that
    is for reading; answers are kept for half a minute. The database is given three seconds. What raises, or takes too
    long, counts as not in order and hides nobody else's answer. New in 0.1.
    """


@hookspec
def rtpy_customer_documents(work: "Work", organization_id: int, lang: str) -> "Sequence[CustomerDocument]":
    """Documents that people of an organisation may download, such as invoices; made only when one is asked for.

    Who reads was made sure of before; `lang` is their language. A few queries; what raises is logged. New in 0.1.
    """


@hookspec
def rtpy_customer_facts(work: "Work", organization_id: int, lang: str) -> "Sequence[CustomerFact]":
    """How an organisation stands with us, for its people to read: `Hours left`, `12:00 h`.

    Like rtpy_customer_documents. New in 0.1.
    """


@hookspec
def rtpy_money_facts(work: "Work", ticket: "Ticket", lang: str) -> "Sequence[CustomerFact]":
    """Time and cost of one request, for who may read what the organisation is billed: never what is not settled.

    Like rtpy_customer_documents. New in 0.1.
    """


@hookspec
def rtpy_vital_figures(work: "Work") -> "Mapping[str, str]":
    """Figures whose change would be a loss, by name: how much money is in a ledger, which number an invoice had last.

    Asked when a backup is taken, when one was restored and when the database is copied; they must come out the same to
    the letter, so nothing of the hour or of this machine. Only sums and counts: they stand in the backup for all to
    read. What raises is logged and left out. New in 0.1.
    """


# --- refuse: before the effect ----------------------------------------------------------------------------------


@hookspec
def rtpy_check_change(work: "Work", ticket: "Ticket", change: "Change") -> None:
    """`change` is about to be applied to `ticket`; its own check has passed.

    Called inside the bundle's savepoint; the ticket's row is locked (for a CreateTicket: `ticket` is not stored yet).
    Return None, or raise Refused with a sentence for the actor: then nothing of the bundle happens. New in 0.1.
    """


@hookspec
def rtpy_shred(work: "Work", plan: "Plan") -> None:
    """Rows are about to be shredded for good: `plan` has those that are known to go, and `plan.kind` says why.

    Rows with a foreign key that cascades go by themselves, optional columns are emptied. Add what else must go
    (`plan.take_all`), or say why it must stay (`plan.refuse`): then nothing is shredded. Called as RT_System, again
    after rows were added, before anything is deleted; `plan.afterwards` is called then. The dump holds all rows first.
    New in 0.1.
    """


# --- tell: after the effect, same transaction -------------------------------------------------------------------


@hookspec
def rtpy_transaction_recorded(
    work: "Work", ticket: "Ticket", transaction: "Transaction", message: "Message | None"
) -> None:
    """`transaction` was recorded on `ticket`; `message` is what was said with it, if anything.

    Called once for each transaction, at once, before the next change of the bundle. The scrip engine hangs here.
    An exception undoes the bundle; leave what may fail to a job. New in 0.1.
    """


@hookspec
def rtpy_batch_recorded(work: "Work", ticket: "Ticket", transactions: "tuple[Transaction, ...]") -> None:
    """A bundle of changes to `ticket` was applied and recorded.

    Called once per bundle, after rtpy_transaction_recorded for each transaction, in the same database transaction;
    the ticket's row is locked. Nested bundles (a scrip changing the ticket) call it first, for themselves. Change
    the ticket only through change_ticket(work.as_system(), …). An exception undoes the bundle. New in 0.1.
    """


@hookspec
def rtpy_people_merged(work: "Work", kept: "User", merged: "User") -> None:
    """`merged` goes on in `kept` from now on; everything that rtpy_user_references lets move has moved.

    Called at the end of the merge, in its transaction, for what no decision about a single column can do, such as
    adding two balances. An exception undoes the merge. New in 0.1.
    """


@hookspec
def rtpy_account_changed(work: "Work", user: "User", what: str, old: str) -> None:
    """What proves who `user` is was changed, by themselves or by somebody else: `work.actor` says by whom.

    `what` is `password`, `address` (then `old` is the mail address before), `second factor on`, `second factor off`
    or `recovery codes`. The core tells people by mail from here. An exception undoes the change. New in 0.1.
    """


@hookspec
def rtpy_calendar_changed(work: "Work", calendar_id: int, since: "date | None") -> None:
    """A working calendar has other hours from the local date `since` on (None: from ever), or another name.

    Somebody saved it, its file was fetched anew, or public holidays became known; then `work.actor` is RT_System.
    `rtpy.working_hours.hours_of` reads the new hours. An exception undoes the change. New in 0.1.
    """


@hookspec
def rtpy_settings_changed(
    work: "Work", plugin: str, before: "Mapping[str, object]", after: "Mapping[str, object]"
) -> None:
    """The settings of `plugin` were saved: all their values by dotted name, before and after; some may be equal.

    For what must remember since when a value holds. An exception undoes the change. New in 0.1.
    """


@hookspec
def rtpy_begin_demo(work: "Work", made: "Made") -> None:
    """The people, queues and organisations of the sample consultancy are there, its tickets are about to be made.

    Called as RT_System, at the first day of its three months (`work.now`), in a transaction of its own: set up what
    shall hold for the tickets from the first on. Not called for a plugin that is enabled later. New in 0.1.
    """


@hookspec
def rtpy_load_demo(work: "Work", made: "Made") -> None:
    """The sample consultancy is loaded: add to it what shows this plugin at its best, in this transaction.

    Called once, by `rtpy up --demo` and `rtpy demo load`, as RT_System; for a plugin that is enabled later at the next
    of them. `made` has the ids of the demo's tickets, organizations, users and so on; its three months end at
    `work.now`. The plugin's other hooks were called while the tickets were made. New in 0.1.
    """


@hookspec
def rtpy_remove_demo(work: "Work", made: "Made") -> None:
    """The sample consultancy is about to be removed: delete what this plugin has of it, in the same transaction.

    That is all rows that point at `made.tickets`, and everything else that rtpy_load_demo made. Organisations and
    people that other rows of the plugin still point at stay, disabled. An exception stops the removal. New in 0.1.
    """
