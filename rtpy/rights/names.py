"""Every right: its name, on what it is held, who it is meant for, and one line of help."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Right(StrEnum):
    """The rights that this version asks for, spelled as RT spells them."""

    SUPER_USER = "SuperUser"
    ADMIN_USERS = "AdminUsers"
    ADMIN_CUSTOM_ROLES = "AdminCustomRoles"
    ADMIN_CALENDARS = "AdminCalendars"
    SHOW_CONFIG_TAB = "ShowConfigTab"
    SHOW_ARTICLES_MENU = "ShowArticlesMenu"
    SHOW_ASSETS_MENU = "ShowAssetsMenu"
    SHOW_GLOBAL_TEMPLATES = "ShowGlobalTemplates"
    MODIFY_SELF = "ModifySelf"
    MANAGE_AUTH_TOKENS = "ManageAuthTokens"
    SEE_QUEUE = "SeeQueue"
    CREATE_TICKET = "CreateTicket"
    SHOW_TICKET = "ShowTicket"
    SHOW_TICKET_COMMENTS = "ShowTicketComments"
    SHOW_OUTGOING_EMAIL = "ShowOutgoingEmail"
    REPLY_TO_TICKET = "ReplyToTicket"
    COMMENT_ON_TICKET = "CommentOnTicket"
    FORWARD_MESSAGE = "ForwardMessage"
    MODIFY_TICKET = "ModifyTicket"
    DELETE_TICKET = "DeleteTicket"
    OWN_TICKET = "OwnTicket"
    TAKE_TICKET = "TakeTicket"
    STEAL_TICKET = "StealTicket"
    REASSIGN_TICKET = "ReassignTicket"
    WATCH = "Watch"
    WATCH_AS_ADMIN_CC = "WatchAsAdminCc"
    ADMIN_QUEUE = "AdminQueue"
    SHOW_ACL = "ShowACL"
    MODIFY_ACL = "ModifyACL"
    MODIFY_QUEUE_WATCHERS = "ModifyQueueWatchers"
    ASSIGN_CUSTOM_FIELDS = "AssignCustomFields"
    SHOW_TEMPLATE = "ShowTemplate"
    MODIFY_TEMPLATE = "ModifyTemplate"
    SHOW_SCRIPS = "ShowScrips"
    MODIFY_SCRIPS = "ModifyScrips"
    SEE_CUSTOM_FIELD = "SeeCustomField"
    MODIFY_CUSTOM_FIELD = "ModifyCustomField"
    SET_INITIAL_CUSTOM_FIELD = "SetInitialCustomField"
    ADMIN_CUSTOM_FIELD = "AdminCustomField"
    ADMIN_CUSTOM_FIELD_VALUES = "AdminCustomFieldValues"
    SEE_GROUP = "SeeGroup"
    MODIFY_OWN_MEMBERSHIP = "ModifyOwnMembership"
    ADMIN_GROUP = "AdminGroup"
    ADMIN_GROUP_MEMBERSHIP = "AdminGroupMembership"
    SEE_CLASS = "SeeClass"
    SHOW_ARTICLE = "ShowArticle"
    SHOW_ARTICLE_HISTORY = "ShowArticleHistory"
    CREATE_ARTICLE = "CreateArticle"
    MODIFY_ARTICLE = "ModifyArticle"
    MODIFY_ARTICLE_TOPICS = "ModifyArticleTopics"
    DISABLE_ARTICLE = "DisableArticle"
    ADMIN_CLASS = "AdminClass"
    ADMIN_TOPICS = "AdminTopics"
    SHOW_CATALOG = "ShowCatalog"
    SHOW_ASSET = "ShowAsset"
    CREATE_ASSET = "CreateAsset"
    MODIFY_ASSET = "ModifyAsset"
    ADMIN_CATALOG = "AdminCatalog"
    SEE_OWN_SAVED_SEARCH = "SeeOwnSavedSearch"
    ADMIN_OWN_SAVED_SEARCH = "AdminOwnSavedSearch"
    SEE_GROUP_SAVED_SEARCH = "SeeGroupSavedSearch"
    ADMIN_GROUP_SAVED_SEARCH = "AdminGroupSavedSearch"
    SEE_SAVED_SEARCH = "SeeSavedSearch"
    ADMIN_SAVED_SEARCH = "AdminSavedSearch"
    SEE_OWN_DASHBOARD = "SeeOwnDashboard"
    ADMIN_OWN_DASHBOARD = "AdminOwnDashboard"
    SEE_GROUP_DASHBOARD = "SeeGroupDashboard"
    ADMIN_GROUP_DASHBOARD = "AdminGroupDashboard"
    SEE_DASHBOARD = "SeeDashboard"
    ADMIN_DASHBOARD = "AdminDashboard"
    SUBSCRIBE_DASHBOARD = "SubscribeDashboard"
    SHOW_SEARCH_BULK_UPDATE = "ShowSearchBulkUpdate"


class Category(StrEnum):
    """Who a right is meant for; the pages sort by it. Rights of lifecycles are those of status."""

    GENERAL = "general"
    STAFF = "staff"
    ADMIN = "admin"
    STATUS = "status"


SYSTEM, QUEUE, GROUP, CUSTOM_FIELD = "system", "queue", "group", "custom_field"
CLASS, CATALOG = "class", "catalog"

KINDS = (SYSTEM, QUEUE, GROUP, CUSTOM_FIELD, CLASS, CATALOG)
"""On what rights are held: `object_type` of a grant."""


@dataclass(frozen=True, slots=True)
class RightHelp:
    """On what kinds of things a right is held, besides the whole system, who it is meant for, and what it allows."""

    kinds: tuple[str, ...]
    category: Category
    help: str

    @property
    def held_on(self) -> str:
        """The kinds in words: `queue, custom field`."""
        return ", ".join(kind.replace("_", " ") for kind in self.kinds)

    def is_of(self, kind: str) -> bool:
        """Can it be granted on things of this kind? On the system every right can."""
        return kind == SYSTEM or kind in self.kinds


_G, _S, _A = Category.GENERAL, Category.STAFF, Category.ADMIN
_SYSTEM, _QUEUE, _GROUP, _CLASS, _CATALOG = (SYSTEM,), (QUEUE,), (GROUP,), (CLASS,), (CATALOG,)
_FIELD = (CUSTOM_FIELD,)
_WITH_FIELDS = (QUEUE, CUSTOM_FIELD, CLASS, CATALOG)

RIGHTS: dict[str, RightHelp] = {
    Right.SUPER_USER: RightHelp(_SYSTEM, _A, "Do anything."),
    Right.ADMIN_USERS: RightHelp(_SYSTEM, _A, "Create, change and disable people and organisations."),
    Right.ADMIN_CUSTOM_ROLES: RightHelp(_SYSTEM, _A, "Create and change roles, and say where they apply."),
    Right.ADMIN_CALENDARS: RightHelp(_SYSTEM, _A, "Make working calendars and change their hours."),
    Right.SHOW_CONFIG_TAB: RightHelp(_SYSTEM, _A, "See the administration pages."),
    Right.SHOW_ARTICLES_MENU: RightHelp(_SYSTEM, _S, "See articles in the menu."),
    Right.SHOW_ASSETS_MENU: RightHelp(_SYSTEM, _S, "See assets in the menu."),
    Right.SHOW_GLOBAL_TEMPLATES: RightHelp(_SYSTEM, _S, "See the templates of all queues."),
    Right.MODIFY_SELF: RightHelp(_SYSTEM, _S, "Change one's own name, phone numbers and signature."),
    Right.MANAGE_AUTH_TOKENS: RightHelp(_SYSTEM, _S, "Make tokens with which one's own programs log in."),
    Right.SEE_QUEUE: RightHelp(_QUEUE, _G, "See that the queue exists and what it is for."),
    Right.SHOW_TICKET: RightHelp(_QUEUE, _G, "Read tickets and find them."),
    Right.CREATE_TICKET: RightHelp(_QUEUE, _G, "Create tickets, by mail too."),
    Right.REPLY_TO_TICKET: RightHelp(_QUEUE, _G, "Reply to tickets, by mail too."),
    Right.COMMENT_ON_TICKET: RightHelp(_QUEUE, _G, "Add internal comments, by mail too."),
    Right.WATCH: RightHelp(_QUEUE, _G, "Become Requestor or Cc of tickets, or Cc of the queue."),
    Right.SHOW_TICKET_COMMENTS: RightHelp(_QUEUE, _S, "Read internal comments."),
    Right.SHOW_OUTGOING_EMAIL: RightHelp(_QUEUE, _S, "See which mails were sent to whom."),
    Right.FORWARD_MESSAGE: RightHelp(_QUEUE, _S, "Forward requests and replies to anybody by mail."),
    Right.MODIFY_TICKET: RightHelp(_QUEUE, _S, "Change tickets, reply and comment."),
    Right.DELETE_TICKET: RightHelp(_QUEUE, _S, "Set tickets to the status deleted."),
    Right.OWN_TICKET: RightHelp(_QUEUE, _S, "Be the owner of tickets."),
    Right.TAKE_TICKET: RightHelp(_QUEUE, _S, "Become the owner of tickets that nobody owns."),
    Right.STEAL_TICKET: RightHelp(_QUEUE, _S, "Become the owner of tickets that somebody else owns."),
    Right.REASSIGN_TICKET: RightHelp(_QUEUE, _S, "Give anybody's tickets to anybody."),
    Right.WATCH_AS_ADMIN_CC: RightHelp(_QUEUE, _S, "Become AdminCc of tickets or of the queue."),
    Right.ADMIN_QUEUE: RightHelp(_QUEUE, _A, "Create, change and disable queues."),
    Right.SHOW_ACL: RightHelp(_QUEUE, _A, "See who holds which right."),
    Right.MODIFY_ACL: RightHelp(_QUEUE, _A, "Grant and revoke rights that one holds oneself."),
    Right.MODIFY_QUEUE_WATCHERS: RightHelp(_QUEUE, _A, "Say who watches all tickets of the queue."),
    Right.ASSIGN_CUSTOM_FIELDS: RightHelp(_QUEUE, _A, "Say which custom fields the tickets have."),
    Right.SHOW_TEMPLATE: RightHelp(_QUEUE, _A, "See the templates of mails."),
    Right.MODIFY_TEMPLATE: RightHelp(_QUEUE, _A, "Create and change the templates of mails."),
    Right.SHOW_SCRIPS: RightHelp(_QUEUE, _A, "See the scrips."),
    Right.MODIFY_SCRIPS: RightHelp(_QUEUE, _A, "Create and change scrips."),
    Right.SEE_CUSTOM_FIELD: RightHelp(_WITH_FIELDS, _G, "See the values of custom fields."),
    Right.MODIFY_CUSTOM_FIELD: RightHelp(_WITH_FIELDS, _S, "Change the values of custom fields."),
    Right.SET_INITIAL_CUSTOM_FIELD: RightHelp(_WITH_FIELDS, _S, "Give custom fields a value while creating."),
    Right.ADMIN_CUSTOM_FIELD: RightHelp(_FIELD, _A, "Create, change and disable custom fields."),
    Right.ADMIN_CUSTOM_FIELD_VALUES: RightHelp(_FIELD, _A, "Change the list of values to choose from."),
    Right.SEE_GROUP: RightHelp(_GROUP, _S, "See the group and who is in it."),
    Right.MODIFY_OWN_MEMBERSHIP: RightHelp(_GROUP, _S, "Join the group and leave it."),
    Right.ADMIN_GROUP: RightHelp(_GROUP, _A, "Create, change and disable groups, and grant rights on them."),
    Right.ADMIN_GROUP_MEMBERSHIP: RightHelp(_GROUP, _A, "Put people into the group and take them out."),
    Right.SHOW_ARTICLE: RightHelp(_CLASS, _G, "Read articles and find them."),
    Right.SEE_CLASS: RightHelp(_CLASS, _S, "See that the class exists and what it is for."),
    Right.CREATE_ARTICLE: RightHelp(_CLASS, _S, "Write new articles."),
    Right.MODIFY_ARTICLE: RightHelp(_CLASS, _S, "Change articles."),
    Right.MODIFY_ARTICLE_TOPICS: RightHelp(_CLASS, _S, "Say to which topics an article belongs."),
    Right.SHOW_ARTICLE_HISTORY: RightHelp(_CLASS, _S, "See what became of an article."),
    Right.DISABLE_ARTICLE: RightHelp(_CLASS, _S, "Switch articles off."),
    Right.ADMIN_CLASS: RightHelp(
        _CLASS, _A, "Create and change classes of articles, and grant rights on them."
    ),
    Right.ADMIN_TOPICS: RightHelp(_CLASS, _A, "Change the tree of topics."),
    Right.SHOW_CATALOG: RightHelp(_CATALOG, _G, "See that the catalog exists and what it is for."),
    Right.SHOW_ASSET: RightHelp(_CATALOG, _G, "Read assets and find them."),
    Right.CREATE_ASSET: RightHelp(_CATALOG, _S, "Create assets."),
    Right.MODIFY_ASSET: RightHelp(_CATALOG, _S, "Change assets."),
    Right.ADMIN_CATALOG: RightHelp(_CATALOG, _A, "Create and change catalogs, and grant rights on them."),
    Right.SEE_OWN_SAVED_SEARCH: RightHelp(_SYSTEM, _S, "See the searches one has saved."),
    Right.ADMIN_OWN_SAVED_SEARCH: RightHelp(_SYSTEM, _S, "Save searches for oneself."),
    Right.SEE_GROUP_SAVED_SEARCH: RightHelp(_GROUP, _S, "See the searches saved for a group one is in."),
    Right.ADMIN_GROUP_SAVED_SEARCH: RightHelp(_GROUP, _S, "Save searches for a group one is in."),
    Right.SEE_SAVED_SEARCH: RightHelp(_SYSTEM, _S, "See the searches saved for everybody."),
    Right.ADMIN_SAVED_SEARCH: RightHelp(_SYSTEM, _A, "Save searches for everybody and for queues."),
    Right.SEE_OWN_DASHBOARD: RightHelp(_SYSTEM, _S, "See the dashboards one has made."),
    Right.ADMIN_OWN_DASHBOARD: RightHelp(_SYSTEM, _S, "Make dashboards for oneself."),
    Right.SEE_GROUP_DASHBOARD: RightHelp(_GROUP, _S, "See the dashboards of a group one is in."),
    Right.ADMIN_GROUP_DASHBOARD: RightHelp(_GROUP, _S, "Make dashboards for a group one is in."),
    Right.SEE_DASHBOARD: RightHelp(_SYSTEM, _S, "See the dashboards made for everybody."),
    Right.ADMIN_DASHBOARD: RightHelp(_SYSTEM, _A, "Make dashboards for everybody."),
    Right.SUBSCRIBE_DASHBOARD: RightHelp(_SYSTEM, _S, "Get dashboards by mail at fixed times."),
    Right.SHOW_SEARCH_BULK_UPDATE: RightHelp(_SYSTEM, _S, "Change many tickets in one step."),
}

FurtherRights = Mapping[str, RightHelp]
"""Rights beside those of this table: those that lifecycles ask for, and those that plugins bring."""
NO_FURTHER_RIGHTS: FurtherRights = MappingProxyType({})
HELD_BY_TYPE = {"ticket": QUEUE, "asset": CATALOG}
"""On what a right is held that a lifecycle of the type asks for."""

LATER: dict[str, str] = {
    "LoadSavedSearch": "who sees a saved search may open it",
    "ShowSearchAdvanced": "everybody who searches may write the query",
    "SeeSelfServiceGroupTicket": "what people of an organisation see is said in the portal",
    "ShowUserHistory": "a person's history is read with AdminUsers",
    "ShowApprovalsTab": "there are no approvals",
    "AdminTimesheets": "there are no timesheets",
    "ModifyGroupLinks": "groups have no links",
    "ExecuteCode": "templates and scrips run in a sandbox and can execute nothing",
}
"""Rights of RT that nothing here asks for, and why: an import leaves them out with a warning."""


def status_rights(asked: Mapping[str, Collection[str]]) -> dict[str, RightHelp]:
    """Rights that lifecycles ask for, each given with the types (ticket, asset) of these lifecycles."""
    return {
        name: RightHelp(
            tuple(kind for of_type, kind in HELD_BY_TYPE.items() if of_type in types),
            Category.STATUS,
            "Change the status where a lifecycle asks for it.",
        )
        for name, types in asked.items()
    }


def help_for(right: str, further: FurtherRights = NO_FURTHER_RIGHTS) -> RightHelp | None:
    """What is known about a right; None when nothing asks for it."""
    return RIGHTS.get(right) or further.get(right)


def rights_on(kind: str, further: FurtherRights = NO_FURTHER_RIGHTS) -> dict[str, RightHelp]:
    """Every right that can be granted on things of this kind, by category."""
    known = {name: help for name, help in RIGHTS.items() if help.is_of(kind)}
    for name in sorted(further):
        if further[name].is_of(kind):
            known.setdefault(name, further[name])
    order = list(Category)
    return dict(sorted(known.items(), key=lambda item: order.index(item[1].category)))


def spelled(right: str, further: Iterable[str] = ()) -> str | None:
    """The right as it is written here, whatever the case of its letters; None for one that nothing asks for."""
    folded = {name.casefold(): name for name in (*RIGHTS, *further)}
    return folded.get(right.strip().casefold())
