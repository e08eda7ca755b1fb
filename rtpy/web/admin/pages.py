"""The pages of the administration, by what they are about: the menu and the overview are made of this table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyramid.request import Request

from rtpy.rights.names import Right


@dataclass(frozen=True, slots=True)
class AdminPage:
    """One page: where it stands, its route, icon, what can be done there, and the rights of which one is needed.

    `anywhere`: a right that is held on a single queue is enough.
    """

    group: str
    label: str
    route: str
    icon: str
    help: str
    rights: tuple[str, ...] = (Right.SUPER_USER,)
    anywhere: bool = False


ADMIN_PAGES: tuple[AdminPage, ...] = (
    AdminPage(
        "People and rights",
        "Users",
        "admin.users.list",
        "users",
        "Everybody with or without a login: their accounts, groups, rights and sessions; merge duplicates.",
        (Right.ADMIN_USERS,),
    ),
    AdminPage(
        "People and rights",
        "Groups",
        "admin.groups.list",
        "users",
        "Groups of people and of groups: who is in them, and through which.",
        (Right.ADMIN_GROUP, Right.ADMIN_GROUP_MEMBERSHIP),
        anywhere=True,
    ),
    AdminPage(
        "People and rights",
        "History of logins",
        "admin.logins.list",
        "history",
        "Who came in, how and from where, and who was turned away.",
        (Right.ADMIN_USERS,),
    ),
    AdminPage(
        "People and rights",
        "Single sign-on",
        "admin.sign_on.list",
        "lock",
        "Providers of OpenID Connect by which people log in without a password of ours.",
    ),
    AdminPage(
        "People and rights",
        "Directories",
        "admin.directory.list",
        "users",
        "LDAP servers and Active Directories whose people log in with the password they have there.",
    ),
    AdminPage(
        "People and rights",
        "Directory sync",
        "admin.directory_sync.list",
        "refresh",
        "What the sync with directories would do, does and did; plans that wait for you.",
    ),
    AdminPage(
        "Tickets",
        "Queues",
        "admin.queue.list",
        "queue",
        "Where tickets wait: names, addresses, lifecycle, first values, who may write.",
        (Right.ADMIN_QUEUE,),
        anywhere=True,
    ),
    AdminPage(
        "Tickets",
        "Lifecycles",
        "admin.lifecycle.list",
        "refresh",
        "The statuses of tickets, who may move them where, and what must be filled in before.",
    ),
    AdminPage(
        "Tickets",
        "Custom roles",
        "admin.custom_role.list",
        "users",
        "Roles of your own beside Requestor, Cc, AdminCc and Owner, and the queues in which they apply.",
        (Right.ADMIN_CUSTOM_ROLES,),
    ),
    AdminPage(
        "Tickets",
        "Custom fields",
        "admin.custom_field.list",
        "pencil",
        "Fields of your own: what they take, where they apply, who may see and change them.",
        (Right.ADMIN_CUSTOM_FIELD, Right.ADMIN_CUSTOM_FIELD_VALUES, Right.ASSIGN_CUSTOM_FIELDS),
        anywhere=True,
    ),
    AdminPage(
        "Tickets",
        "Calendars",
        "admin.calendar.list",
        "calendar",
        "Hours in which work is agreed: weeks, holidays, days that differ, and all earlier versions.",
        (Right.ADMIN_CALENDARS,),
    ),
    AdminPage(
        "Mail",
        "Mailboxes",
        "admin.mailbox.list",
        "mail",
        "Folders on mail servers that are fetched by IMAP: their queues, a test, and how it goes with each.",
    ),
    AdminPage(
        "Mail",
        "Incoming mail",
        "admin.mail.incoming",
        "mail",
        "Every mail that came in, what became of it, and a second try.",
    ),
    AdminPage(
        "Mail",
        "Outgoing mail",
        "admin.mail.outgoing",
        "mail",
        "Every mail that goes out, by state; hold, release, send again.",
    ),
    AdminPage(
        "Mail",
        "Addresses that get no mail",
        "admin.suppression.list",
        "pause",
        "Addresses and domains to which nothing about tickets is sent, and why.",
    ),
    AdminPage(
        "Mail",
        "Rules for mail",
        "admin.mail_rule.list",
        "queue",
        "Which new mail goes where: queue, priority, organisation, fields, or junk.",
    ),
    AdminPage(
        "Automation",
        "Scrips",
        "admin.scrips.list",
        "refresh",
        "When this happens, do that: conditions, actions, their order, and a dry run.",
        (Right.SHOW_SCRIPS, Right.MODIFY_SCRIPS),
        anywhere=True,
    ),
    AdminPage(
        "Automation",
        "Templates",
        "admin.templates.list",
        "mail",
        "The texts of mails, with a preview, translations and all earlier versions.",
        (Right.SHOW_TEMPLATE, Right.MODIFY_TEMPLATE, Right.SHOW_GLOBAL_TEMPLATES),
        anywhere=True,
    ),
    AdminPage(
        "Automation",
        "Scrip failures",
        "admin.scrip_failures",
        "alert",
        "Scrips and templates that broke, on which ticket and why.",
        (Right.SHOW_CONFIG_TAB,),
    ),
    AdminPage(
        "People and rights",
        "Rights",
        "admin.rights.list",
        "lock",
        "Who may do what and why, by boxes to tick; see the pages as somebody else.",
        (
            Right.SHOW_ACL,
            Right.MODIFY_ACL,
            Right.ADMIN_GROUP,
            Right.ADMIN_CUSTOM_FIELD,
            Right.ADMIN_CLASS,
            Right.ADMIN_CATALOG,
        ),
        anywhere=True,
    ),
    AdminPage(
        "Articles and assets",
        "Article classes",
        "admin.class.list",
        "file",
        "What kinds of articles there are, where they are offered, and what of them gets into a reply.",
        (Right.ADMIN_CLASS,),
        anywhere=True,
    ),
    AdminPage(
        "Articles and assets",
        "Topics",
        "admin.topic.list",
        "tag",
        "The tree under which articles stand.",
        (Right.ADMIN_TOPICS,),
        anywhere=True,
    ),
    AdminPage(
        "Automation",
        "Schedules",
        "admin.schedule.list",
        "clock",
        "What is done by the clock to the tickets that a search finds, with a dry run and a log.",
    ),
    AdminPage(
        "Automation",
        "Recurring tickets",
        "admin.recurring.list",
        "calendar",
        "Tickets that make themselves, every day, week, month or year.",
    ),
    AdminPage(
        "Automation",
        "Webhooks",
        "admin.webhook.list",
        "link",
        "Other programs that are told over HTTP what happens to tickets, with a log of what was sent.",
    ),
    AdminPage(
        "Articles and assets",
        "Catalogs",
        "admin.catalog.list",
        "tag",
        "What kinds of assets there are, with which statuses, and who answers for all of a kind.",
        (Right.ADMIN_CATALOG,),
        anywhere=True,
    ),
    AdminPage(
        "System",
        "Plugins",
        "admin.plugin.list",
        "plus",
        "What is installed and loaded, how long each plugin takes, what failed in it, and its settings.",
    ),
    AdminPage(
        "System",
        "Log of changes",
        "admin.log.list",
        "history",
        "Who changed what of the set-up, with the values before and after.",
    ),
)


GROUPS = frozenset(page.group for page in ADMIN_PAGES)


def pages_for(request: Request) -> Iterator[AdminPage]:
    """The pages that the reader may open, in the order of the table."""
    rights = request.work.rights
    brought = reversed(request.app.hooks.rtpy_admin_pages())
    for page in (*ADMIN_PAGES, *(_said(request, page) for pages in brought for page in pages)):
        held = (rights.of(right) for right in page.rights)
        if any(grants.everywhere or (page.anywhere and not grants.nowhere) for grants in held):
            yield page


def _said(request: Request, page: AdminPage) -> AdminPage:
    """A plugin's page in the reader's language; the groups of the core keep their names."""
    group = page.group if page.group in GROUPS else request.label(page.group)
    return replace(page, group=group, label=request.label(page.label), help=request.label(page.help))
