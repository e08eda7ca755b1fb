"""What the tables hold of people, declared once: for giving it out, and for when they are to be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rtpy.app import App
from rtpy.plugins import brought


class Deed(StrEnum):
    """What becomes of rows about a person who is made a former person."""

    DROP = "are deleted"
    CLEAR = "lose their words"
    STAY = "stay, without the name"


@dataclass(frozen=True, slots=True)
class Personal:
    """Rows of one table that are about a person: those whose column `person` holds their id.

    `what` says it in words, in the plural. `columns` are given out to the person, and emptied by `Deed.CLEAR`. `only`
    are values that other columns must have.
    """

    table: str
    person: str
    what: str
    columns: tuple[str, ...] = ()
    deed: Deed = Deed.STAY
    only: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """Columns in which names and addresses stay as they are, and `why`: a sentence for who decides."""

    table: str
    columns: tuple[str, ...]
    why: str


_WORDS = "What people wrote stays as it was written."
_BYTES = "Messages and files stay as they were written."

_OURS = "It is an address at which you take mail: set another one first, if it must not name them."

CORE: tuple[Personal | Kept, ...] = (
    Personal("user_addresses", "user_id", "further addresses", ("address",), Deed.DROP),
    Personal("user_photos", "user_id", "photos", ("media_type", "changed"), Deed.DROP),
    Personal("organization_members", "user_id", "memberships in organisations", ("title",), Deed.DROP),
    Personal(
        "custom_field_contents",
        "object_id",
        "values of their own fields",
        ("content", "large_content", "created"),
        Deed.DROP,
        (("object_type", "user"),),
    ),
    Personal("web_sessions", "user_id", "logins", ("created", "seen", "peer", "user_agent"), Deed.DROP),
    Personal(
        "login_events", "user_id", "notes of logins", ("at", "how", "result", "peer", "user_agent"), Deed.DROP
    ),
    Personal("auth_tokens", "user_id", "tokens of programs", ("name", "created", "last_used"), Deed.DROP),
    Personal("feed_keys", "user_id", "addresses of feeds", ("name", "created", "last_used"), Deed.DROP),
    Personal("second_factors", "user_id", "second factors", ("created",), Deed.DROP),
    Personal("recovery_codes", "user_id", "recovery codes", (), Deed.DROP),
    Personal("pending_logins", "user_id", "logins that were begun", (), Deed.DROP),
    Personal("password_resets", "user_id", "wishes for a new password", ("created", "peer"), Deed.DROP),
    Personal("sign_on_links", "user_id", "ways in over single sign-on", ("issuer", "created"), Deed.DROP),
    Personal("notification_choices", "user_id", "choices about mails", ("choices",), Deed.DROP),
    Personal("digest_items", "user_id", "mails that wait for a digest", (), Deed.DROP),
    Personal("drafts", "user_id", "unsent texts", ("place", "fields", "updated"), Deed.DROP),
    Personal("repeated_requests", "user_id", "answers to programs", (), Deed.DROP),
    Personal("bookmarks", "user_id", "bookmarks", ("ticket_id",), Deed.DROP),
    Personal("read_marks", "user_id", "notes of what was read", ("ticket_id", "seen"), Deed.DROP),
    Personal("search_pins", "user_id", "pinned searches", (), Deed.DROP),
    Personal("dashboard_subscriptions", "user_id", "dashboards by mail", ("frequency",), Deed.DROP),
    Personal("saved_searches", "owner_id", "saved searches of their own", ("name", "content"), Deed.DROP),
    Personal("dashboards", "owner_id", "dashboards of their own", ("name",), Deed.DROP),
    Personal("directory_people", "user_id", "entries in directories", ("dn",), Deed.CLEAR),
    Personal("watchers", "principal_id", "roles on requests", ("ticket_id", "role"), Deed.STAY),
    Kept("tickets", ("subject", "description"), _WORDS),
    Kept("articles", ("name", "summary", "content"), _WORDS),
    Kept("attachments", ("subject", "filename"), _WORDS),
    Kept("outgoing_mails", ("subject", "body", "html_body"), _WORDS),
    Kept("incoming_mails", ("raw", "subject"), "Mails that are not done yet are needed as they came."),
    Kept("custom_field_contents", ("content", "large_content"), _WORDS),
    Kept("search_documents", ("text",), "The index finds what is written, as long as it is there."),
    Kept("blobs", ("data",), _BYTES),
    Kept("queues", ("correspond_address", "comment_address"), _OURS),
    Kept("mailboxes", ("login",), _OURS),
    Kept("directory_people", ("unique_id",), "By it a directory is kept from bringing them back."),
)


def declared(app: App) -> Sequence[Personal | Kept]:
    """What the core and the listed plugins declare."""
    theirs = [each for _, found in brought(app.plugins, "rtpy_personal_data") for each in found]
    return (*CORE, *theirs)


def personal_of(app: App) -> list[Personal]:
    """Rows about people."""
    return [each for each in declared(app) if isinstance(each, Personal)]


def kept_of(app: App) -> list[Kept]:
    """Columns that stay as they are."""
    return [each for each in declared(app) if isinstance(each, Kept)]
