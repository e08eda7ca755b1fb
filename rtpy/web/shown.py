"""What pages show, as plain values: views fill them, templates only read them. No database here."""

from dataclasses import dataclass

from rtpy.web.forms import Option
from rtpy.web.html import Html


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go: a breadcrumb, a tab (with `current` and `count`), a menu line (with `icon`)."""

    label: str
    url: str
    current: bool = False
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """A button that posts at once: `name`=`value` to `url`; `tone` is empty, primary, danger or quiet.

    With `is_link` it only leads to `url`.
    """

    label: str
    url: str
    name: str = ""
    value: str = ""
    tone: str = ""
    icon: str = ""
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a sidebar or a recipient list; `detail` is the address or the role in plain words."""

    name: str
    avatar: Html
    detail: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class FileLink:
    """An attachment as a chip; `size` is already written for people."""

    name: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a message: sanitised `html`, folded behind the words in `folded` if there are any."""

    html: Html
    folded: str = ""


@dataclass(frozen=True, slots=True)
class MailState:
    """What became of a mail: `tone` is ok, warn, bad or empty; `url` leads to the mail itself."""

    label: str
    tone: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction in a conversation.

    `kind` is customer, reply (by staff), comment (internal) or event (a change without words; then `body` is
    empty and `what` is the sentence, names in <b>). `at` comes from show_when. `to` says how it came. `remarks`
    say what was wrong in the mail. `opening`: the ticket began with it.
    """

    id: int
    kind: str
    at: Html
    who: str = ""
    avatar: Html = Html()  # noqa: RUF009 (Html is an immutable string)
    to: str = ""
    what: Html = Html()  # noqa: RUF009
    icon: str = "history"
    body: tuple[Block, ...] = ()
    files: tuple[FileLink, ...] = ()
    worked: str = ""
    mails: tuple[MailState, ...] = ()
    raw_url: str | None = None
    quote_url: str | None = None
    split_url: str | None = None
    correct_url: str | None = None
    remarks: tuple[str, ...] = ()
    opening: bool = False
    fields: tuple[tuple[str, Html], ...] = ()
    """Custom fields of the message: their names and values."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a message would go to; leaving the box unticked spares them this one mail. `typed`: named for this one."""

    address: str
    name: str
    role: str
    ticked: bool = True
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """Everybody who would get a message, in the region `id` of the page, and why others get nothing.

    `boxes`: each can be spared. `wrong` is what stands in the way of an answer; `asked` is False as
    long as nobody wanted to know.
    """

    id: str
    recipients: tuple[Recipient, ...] = ()
    left_out: tuple[str, ...] = ()
    boxes: bool = False
    wrong: str = ""
    asked: bool = True

    @property
    def said(self) -> str:
        """The first of them in words: `Ann Miller (requestor), Bo (Cc) and 2 more`."""
        ticked = [f"{each.name} ({each.role})" for each in self.recipients if each.ticked]
        more = len(ticked) - 4
        return ", ".join(ticked[:4]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Statuses:
    """The select "and set status": the present one first with an empty value, then the allowed moves."""

    current: str
    moves: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Composer:
    """The two forms below a conversation; `mode` (reply or comment) says which one is open at first.

    An url that is None takes that form away (no right to do so). Drafts come back as `reply_text` and
    `comment_text`; `draft_url` takes them (POST text, kind, csrf_token; answers 204). What could not be sent comes
    back with `error`, its `minutes`, `cc` and `bcc`; `outsiders` is the box that lets a comment go to who is no staff,
    `previewed` opens the list of recipients; `newer` says what came in meanwhile. `token` makes a second sending of the
    same form known, `last_seen` is the newest transaction on the page.
    """

    reply_url: str | None
    comment_url: str | None
    who: Who = Who("reply-who", boxes=True)
    who_of_comment: Who = Who("comment-who", boxes=True)
    preview_url: str | None = None
    articles_url: str | None = None
    articles: tuple[tuple[int, str], ...] = ()
    """Number and name of each article that was inserted into the text."""
    previewed: bool = False
    statuses: Statuses | None = None
    mode: str = "reply"
    reply_text: str = ""
    comment_text: str = ""
    draft_url: str | None = None
    draft_saved: Html = Html()  # noqa: RUF009
    may_log_time: bool = True
    error: str = ""
    minutes: str = ""
    cc: str = ""
    bcc: str = ""
    outsiders: bool = False
    had_files: bool = False
    newer: tuple[str, ...] = ()
    token: str = ""
    last_seen: int = 0

    @property
    def send_label(self) -> str:
        """The words on the button: `Send reply to Ann Miller, 2 others`."""
        names = [person.name for person in self.who.recipients if person.ticked]
        if self.newer:
            return "Send anyway"
        if not names:
            return "Record reply, nobody gets a mail"
        others = len(names) - 1
        rest = "" if not others else f", {others} other{'s' if others > 1 else ''}"
        return f"Send reply to {names[0]}{rest}"


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A line of a ticket list; `sub` is the small line below the subject (who, organisation)."""

    id: int
    url: str
    subject: str
    sub: str
    status: Html
    priority: Html
    owner: str
    owner_avatar: Html
    queue: str
    updated: Html
    due: Html = Html()  # noqa: RUF009
    due_tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of a list; `sort` is ascending, descending or None, `url` sorts by it (None: cannot be)."""

    label: str
    url: str | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class Pages:
    """Where one is in a long list; `numbers` holds links and None for gaps."""

    first: int
    last: int
    total: int | str
    numbers: tuple[Link | None, ...] = ()
    previous_url: str | None = None
    next_url: str | None = None
