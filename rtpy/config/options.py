"""The option table: every setting with its type, default and one line of help; reading files is not here.

Each section is a frozen dataclass, so code says `config.mail.transport` and mypy knows the type. `OPTIONS` is
the same as a flat table, for the reader, the command `rtpy check` and the documentation.
"""

from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How the value of an option is written."""

    TEXT = "text"
    NUMBER = "whole number"
    SIZE = "size in bytes, or with a unit such as 50 MB"
    SWITCH = "true or false"
    CHOICE = "one of a few words"
    LIST = "list of words"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Option:
    """One setting as an administrator sees it; `name` is dotted, such as `mail.transport`."""

    name: str
    kind: Kind
    default: Any  # of the type that `kind` says
    help: str
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int | None = None
    pattern: str = ""
    """A regular expression that a text must match as a whole, unless it is empty and may be."""
    expected: str = ""
    """What `pattern` asks for, in words."""
    secret: bool = False


_ADDRESS = {"pattern": r"[^\s@<>]+@[^\s@<>]+", "expected": "a mail address"}


def _option(kind: Kind, default: Any, help: str, **more: Any) -> Any:
    """A dataclass field that carries its row of the option table; Any, as `dataclasses.field` is."""
    return field(default=default, metadata={"kind": kind, "help": help, **more})


@dataclass(frozen=True, slots=True)
class Web:
    """The web server and the browser's session."""

    host: str = _option(Kind.TEXT, "127.0.0.1", "Address to listen on.")
    port: int = _option(Kind.NUMBER, 8080, "Port to listen on.", minimum=1, maximum=65535)
    base_url: str = _option(
        Kind.TEXT,
        "",
        "Address that people type, used in mails, such as https://help.example.com; empty: host and port.",
        pattern=r"(https?://[^\s/?#]+[^\s?#]*)?",
        expected="an address that begins with http:// or https://",
    )
    threads: int = _option(
        Kind.NUMBER, 4, "Requests answered at the same time by one process.", minimum=1, maximum=64
    )
    secure_cookies: str = _option(
        Kind.CHOICE,
        "auto",
        "Send cookies over HTTPS only; auto: yes when base_url is https.",
        choices=("auto", "yes", "no"),
    )
    trusted_proxy: str = _option(
        Kind.TEXT,
        "",
        "Address of a reverse proxy whose X-Forwarded-For, -Host and -Proto count, such as 127.0.0.1; empty: none.",
    )
    login_header: str = _option(
        Kind.TEXT,
        "",
        "Header in which trusted_proxy names who is logged in there, such as X-Remote-User; empty: none counts.",
        pattern=r"([A-Za-z][A-Za-z0-9-]*)?",
        expected="the name of a header: letters, digits and dashes",
    )
    login_header_makes_people: bool = _option(
        Kind.SWITCH, False, "Make an account, a customer's, for a name in login_header that nobody has yet."
    )
    hosts: tuple[str, ...] = _option(
        Kind.LIST,
        (),
        "Further host names that the site is asked for under; base_url's, localhost and bare addresses always count.",
    )
    metrics: str = _option(
        Kind.CHOICE,
        "local",
        "Who may read /metrics: local, this machine only; anyone, whoever reaches the server.",
        choices=("local", "anyone"),
    )
    session_days: int = _option(
        Kind.NUMBER, 14, "Days after which an unused login ends.", minimum=1, maximum=365
    )


@dataclass(frozen=True, slots=True)
class Login:
    """Passwords and their reset."""

    shortest_password: int = _option(
        Kind.NUMBER, 12, "Characters that a new password has at least.", minimum=8, maximum=128
    )
    refused_passwords: str = _option(
        Kind.TEXT,
        "",
        "File of passwords that nobody may choose: one a line, or sorted SHA-1 hashes as breach lists have them.",
    )
    reset: bool = _option(Kind.SWITCH, True, "Offer a new password by mail to who has forgotten it.")
    history_days: int = _option(
        Kind.NUMBER,
        365,
        "Days for which it is kept who logged in, from where, and who was turned away.",
        minimum=1,
        maximum=3650,
    )


@dataclass(frozen=True, slots=True)
class Database:
    """Where the tickets are kept."""

    url: str = _option(
        Kind.TEXT,
        "",
        "sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME; empty: rtpy.db in the home.",
        pattern=r"((sqlite|postgresql)(\+\w+)?://.*)?",
        expected="an address that begins with sqlite:/// or postgresql+psycopg://",
        secret=True,
    )
    synchronous: str = _option(
        Kind.CHOICE,
        "FULL",
        "SQLite only: FULL keeps every commit through a power cut; NORMAL is faster, may lose the last.",
        choices=("FULL", "NORMAL"),
    )


@dataclass(frozen=True, slots=True)
class Mail:
    """Mail in and mail out."""

    transport: str = _option(
        Kind.CHOICE,
        "file",
        "How mail leaves: file (into mail/ in the home, nothing is sent), smtp or sendmail.",
        choices=("file", "smtp", "sendmail"),
    )
    correspond_address: str = _option(
        Kind.TEXT,
        "rt@localhost",
        "Sender of replies for queues that have no address of their own.",
        **_ADDRESS,
    )
    comment_address: str = _option(
        Kind.TEXT,
        "rt-comment@localhost",
        "Sender of comments for queues that have no address of their own.",
        **_ADDRESS,
    )
    smtp_host: str = _option(Kind.TEXT, "localhost", "Host of the mail server.")
    smtp_port: int = _option(Kind.NUMBER, 25, "Port of the mail server.", minimum=1, maximum=65535)
    smtp_tls: str = _option(
        Kind.CHOICE,
        "no",
        "no, starttls (usually port 587) or tls from the first byte (usually port 465).",
        choices=("no", "starttls", "tls"),
    )
    smtp_user: str = _option(Kind.TEXT, "", "User name at the mail server; empty: no login.")
    smtp_password: str = _option(Kind.TEXT, "", "Password at the mail server.", secret=True)
    sendmail_path: str = _option(Kind.TEXT, "/usr/sbin/sendmail", "Program that the transport sendmail runs.")
    max_size: int = _option(
        Kind.SIZE, 50 * 1024 * 1024, "Largest mail that is taken in.", minimum=10_000, maximum=2**31
    )
    autoreply_per_hour: int = _option(
        Kind.NUMBER, 10, "Automatic answers that one address gets in an hour; 0: none."
    )
    max_new_tickets_per_hour: int = _option(
        Kind.NUMBER,
        1500,
        "New tickets that one sender may open by mail in an hour; more are kept and held for a person.",
        minimum=1,
    )
    max_new_tickets_per_domain_per_hour: int = _option(
        Kind.NUMBER, 3000, "The same for all senders of one mail domain together.", minimum=1
    )
    max_new_tickets_per_queue_per_hour: int = _option(
        Kind.NUMBER, 4000, "The same for all senders to one queue together.", minimum=1
    )
    authserv_id: str = _option(
        Kind.TEXT,
        "",
        "Name under which your mail server writes Authentication-Results, to know forged staff; empty: none does.",
    )
    check_dkim: bool = _option(
        Kind.SWITCH,
        False,
        "Without authserv_id: check DKIM signatures ourselves, by DNS, to know which mails are proved.",
    )
    trust_staff: str = _option(
        Kind.CHOICE,
        "address",
        "When is a mail from a staff address taken as staff's: by its address, or only when it is proved.",
        choices=("address", "proved"),
    )
    autoreply_needs_proof: bool = _option(
        Kind.SWITCH,
        False,
        "Answer a mail automatically only when its sender is proved (authserv_id or check_dkim).",
    )
    max_replies_per_hour: int = _option(
        Kind.NUMBER,
        100,
        "Mails of one sender that join one ticket in an hour; more are kept and held for a person.",
        minimum=1,
    )
    plus_addresses: bool = _option(
        Kind.SWITCH,
        False,
        "Answers come to support+t7.…@ with a keyed hash, bounces to +b…; the mail server must know plus addresses.",
    )
    commands: str = _option(
        Kind.CHOICE,
        "off",
        "Lines such as Status: resolved at the top of a mail: off, or obeyed of proved members of staff.",
        choices=("off", "proved"),
    )
    gateway_details: bool = _option(
        Kind.SWITCH,
        False,
        "Tell the mail gateway's caller the ticket made and the reason of a refusal; anybody may call it.",
    )
    lmtp_listen: str = _option(
        Kind.TEXT,
        "",
        "Where the worker takes mail in by LMTP: 127.0.0.1:2424, or the path of a socket; empty: nowhere.",
        pattern=r"([^\s:/]+|\[[0-9a-fA-F:]+\]):\d{1,5}|/[^\x00\n]{1,100}|",
        expected="an address and a port such as 127.0.0.1:2424, or the path of a socket",
    )
    lmtp_queue: str = _option(
        Kind.TEXT,
        "General",
        "Queue of mail by LMTP to correspond_address and comment_address of this section.",
    )
    token_allow: tuple[str, ...] = _option(
        Kind.LIST,
        (),
        "Networks and hosts besides the public internet from which mailboxes may get tokens: 10.0.0.0/8, idp.lan:8443.",
    )
    hold: bool = _option(Kind.SWITCH, False, "Keep all outgoing mail back until a person releases it.")
    html: str = _option(
        Kind.CHOICE,
        "always",
        "Mails have an HTML part beside their text: always, as the template says (by Content-Type), or never.",
        choices=("always", "template", "never"),
    )
    friendly_from: str = _option(
        Kind.TEXT,
        "{name} via {rtname}",
        "Name of the sender of mails: {name} is who wrote, {queue} the queue, {rtname} the site.",
    )
    forwarded: str = _option(
        Kind.CHOICE,
        "cc",
        "Staff forwards a customer's mail: the customer is the requestor, and who forwarded it a Cc or nobody.",
        choices=("cc", "nobody", "off"),
    )
    several_queues: str = _option(
        Kind.CHOICE,
        "each",
        "A mail for several queues makes a ticket in each of them, linked, or one in the first with a remark.",
        choices=("each", "first"),
    )
    reply_policy: str = _option(
        Kind.CHOICE,
        "participants",
        "Who may add to a ticket by its subject tag: participants, their organization too, or anyone, internally;"
        " review: mails of strangers wait for a person.",
        choices=("participants", "organization", "anyone", "review"),
    )


LANGUAGES = (
    "simple arabic danish dutch english finnish french german greek hungarian indonesian irish italian lithuanian "
    "nepali norwegian portuguese romanian russian spanish swedish tamil turkish"
)
"""What search may know the stems of words of; simple is none."""


@dataclass(frozen=True, slots=True)
class Search:
    """Searching."""

    language: str = _option(
        Kind.CHOICE,
        "simple",
        "simple finds words as they are written; a language finds printers by printer (SQLite knows english only). "
        "After a change everything is indexed anew in the background.",
        choices=tuple(LANGUAGES.split()),
    )
    files: bool = _option(
        Kind.SWITCH,
        True,
        "Look for words inside attached documents too (text, mail, office, PDF), not only in their names.",
    )
    largest_file: int = _option(
        Kind.SIZE,
        20 * 1024 * 1024,
        "Larger attached documents are found by their names only.",
        minimum=0,
        maximum=200 * 1024 * 1024,
    )
    seconds: int = _option(
        Kind.NUMBER,
        10,
        "Seconds after which a search is cut off, with a word on how to narrow it.",
        minimum=1,
        maximum=600,
    )


@dataclass(frozen=True, slots=True)
class Rest:
    """What programs ask."""

    longest_token_days: int = _option(
        Kind.NUMBER,
        730,
        "Days after which a token of a program ends at the latest; 0: no limit, and tokens that never end.",
        maximum=36_500,
    )


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What rtpy tells other programs over HTTP."""

    allow: tuple[str, ...] = _option(
        Kind.LIST,
        (),
        "Networks and hosts besides the public internet, each with a port if you like: 10.0.0.0/8, n8n.lan:5678.",
    )
    seconds: int = _option(
        Kind.NUMBER, 10, "Seconds that a receiver has for its answer.", minimum=1, maximum=60
    )
    keep_days: int = _option(
        Kind.NUMBER,
        30,
        "Days after which what was delivered, or could not be, is swept.",
        minimum=7,
        maximum=3650,
    )


@dataclass(frozen=True, slots=True)
class SignOn:
    """Single sign-on over OpenID Connect."""

    allow: tuple[str, ...] = _option(
        Kind.LIST,
        (),
        "Networks and hosts of providers besides https on the public internet: 10.0.0.0/8, keycloak.lan:8443.",
    )
    seconds: int = _option(
        Kind.NUMBER, 8, "Seconds that a provider has for each of its answers.", minimum=1, maximum=30
    )


@dataclass(frozen=True, slots=True)
class Log:
    """What goes to standard error."""

    level: str = _option(
        Kind.CHOICE, "info", "How much is logged.", choices=("debug", "info", "warning", "error")
    )


@dataclass(frozen=True, slots=True)
class General:
    """Settings that stand at the top of the file, outside any section."""

    rtname: str = _option(
        Kind.TEXT,
        "rtpy",
        "Short name of this site, in the subject tag of every mail: [rtpy #7]; never change it later.",
        pattern=r"[A-Za-z0-9][A-Za-z0-9._-]*",
        expected="letters, digits, dots, dashes and underscores",
    )
    organization: str = _option(
        Kind.TEXT,
        "rtpy.example",
        "Domain name in message ids and in links between tickets; never change it later.",
        pattern=r"[A-Za-z0-9][A-Za-z0-9.-]*",
        expected="a domain name",
    )
    home: str = _option(
        Kind.FOLDER, "", "Folder for the database, mail and secrets; empty: var/ in the checkout."
    )
    etc: str = _option(
        Kind.FOLDER, "", "Folder with lifecycles.toml and the like; empty: the one that came with rtpy."
    )
    share: str = _option(
        Kind.FOLDER, "", "Folder with templates and static files; empty: the one that came with rtpy."
    )
    plugins: tuple[str, ...] = _option(Kind.LIST, (), "Plugins to load, in this order.")


SECTIONS: dict[str, type[Any]] = {
    "": General,
    "web": Web,
    "login": Login,
    "database": Database,
    "mail": Mail,
    "search": Search,
    "webhooks": Webhooks,
    "rest": Rest,
    "sign_on": SignOn,
    "log": Log,
}


def _row(section: str, item: Field[Any]) -> Option:
    name = f"{section}.{item.name}" if section else item.name
    return Option(name=name, default=item.default, **item.metadata)


OPTIONS: dict[str, Option] = {
    option.name: option
    for section, cls in SECTIONS.items()
    for option in (_row(section, item) for item in fields(cls))
}
