"""The option table: every setting with its type, default and one line of help; reading files is not here.

Each section is a frozen dataclass, so code says `config.mail.transport` and mypy knows the type. `OPTIONS` is
the same as a flat table, for the reader, the command `rtpy check` and the documentation.
"""

from dataclasses import Field, dataclass, fields
from typing import Any

from rtpy.config.attachment_options import Attachments as Attachments
from rtpy.config.mail_options import Mail as Mail
from rtpy.config.option import Kind as Kind
from rtpy.config.option import Option as Option
from rtpy.config.option import option
from rtpy.config.telemetry_options import Telemetry as Telemetry

_POSTGRESQL = r"postgresql(\+psycopg)?://([^@]*@)?(\[[0-9A-Fa-f:.]+\]|[^@/?:\[]*)(:\d+)?([/?].*)?"
"""Other drivers are not installed with rtpy, and what has no number as port is refused only when it is used."""


@dataclass(frozen=True, slots=True)
class Web:
    """The web server and the browser's session."""

    host: str = option(Kind.TEXT, "127.0.0.1", "Address to listen on.")
    port: int = option(Kind.NUMBER, 8080, "Port to listen on.", minimum=1, maximum=65535)
    base_url: str = option(
        Kind.TEXT,
        "",
        "Address that people type, used in mails, such as https://help.example.com; empty: host and port.",
        pattern=r"(https?://[^\s/?#]+[^\s?#]*)?",
        expected="an address that begins with http:// or https://",
    )
    threads: int = option(
        Kind.NUMBER, 4, "Requests answered at the same time by one process.", minimum=1, maximum=64
    )
    secure_cookies: str = option(
        Kind.CHOICE,
        "auto",
        "Send cookies over HTTPS only; auto: yes when base_url is https.",
        choices=("auto", "yes", "no"),
    )
    trusted_proxy: str = option(
        Kind.TEXT,
        "",
        "Address of a reverse proxy whose X-Forwarded-For, -Host and -Proto count, such as 127.0.0.1; empty: none.",
    )
    login_header: str = option(
        Kind.TEXT,
        "",
        "Header in which trusted_proxy names who is logged in there, such as X-Remote-User; empty: none counts.",
        pattern=r"([A-Za-z][A-Za-z0-9-]*)?",
        expected="the name of a header: letters, digits and dashes",
    )
    login_header_makes_people: bool = option(
        Kind.SWITCH, False, "Make an account, a customer's, for a name in login_header that nobody has yet."
    )
    hosts: tuple[str, ...] = option(
        Kind.LIST,
        (),
        "Further host names that the site is asked for under; base_url's, localhost and bare addresses always count.",
    )
    metrics: str = option(
        Kind.CHOICE,
        "local",
        "Who may read /metrics: local, this machine only; anyone, whoever reaches the server.",
        choices=("local", "anyone"),
    )
    session_days: int = option(
        Kind.NUMBER, 14, "Days after which an unused login ends.", minimum=1, maximum=365
    )


@dataclass(frozen=True, slots=True)
class Login:
    """Passwords and their reset."""

    shortest_password: int = option(
        Kind.NUMBER, 12, "Characters that a new password has at least.", minimum=8, maximum=128
    )
    refused_passwords: str = option(
        Kind.TEXT,
        "",
        "File of passwords that nobody may choose: one a line, or sorted SHA-1 hashes as breach lists have them.",
    )
    reset: bool = option(Kind.SWITCH, True, "Offer a new password by mail to who has forgotten it.")
    history_days: int = option(
        Kind.NUMBER,
        365,
        "Days for which it is kept who logged in, from where, and who was turned away.",
        minimum=1,
        maximum=3650,
    )


@dataclass(frozen=True, slots=True)
class Database:
    """Where the tickets are kept."""

    url: str = option(
        Kind.TEXT,
        "",
        "sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME; empty: rtpy.db in the home.",
        pattern=rf"(sqlite(\+pysqlite)?://.*|{_POSTGRESQL})?",
        expected="an address such as sqlite:////var/lib/rtpy/rtpy.db or postgresql+psycopg://USER@HOST:5432/NAME",
        secret=True,
    )
    synchronous: str = option(
        Kind.CHOICE,
        "FULL",
        "SQLite only: FULL keeps every commit through a power cut; NORMAL is faster, may lose the last.",
        choices=("FULL", "NORMAL"),
    )
    replica_url: str = option(
        Kind.TEXT,
        "",
        "PostgreSQL only: address of a streaming replica that answers searches, charts and reports; empty: none.",
        pattern=rf"({_POSTGRESQL})?",
        expected="an address such as postgresql+psycopg://USER@HOST:5432/NAME",
        secret=True,
    )
    replica_lag: int = option(
        Kind.NUMBER,
        1,
        "Seconds that a page waits for the replica to have all that was written before; then it does without.",
        maximum=30,
    )


LANGUAGES = (
    "simple arabic danish dutch english finnish french german greek hungarian indonesian irish italian lithuanian "
    "nepali norwegian portuguese romanian russian spanish swedish tamil turkish"
)
"""What search may know the stems of words of; simple is none."""


@dataclass(frozen=True, slots=True)
class Search:
    """Searching."""

    language: str = option(
        Kind.CHOICE,
        "simple",
        "simple finds words as they are written; a language finds printers by printer (SQLite knows english only). "
        "After a change everything is indexed anew in the background.",
        choices=tuple(LANGUAGES.split()),
    )
    files: bool = option(
        Kind.SWITCH,
        True,
        "Look for words inside attached documents too (text, mail, office, PDF), not only in their names.",
    )
    largest_file: int = option(
        Kind.SIZE,
        20 * 1024 * 1024,
        "Larger attached documents are found by their names only.",
        minimum=0,
        maximum=200 * 1024 * 1024,
    )
    seconds: int = option(
        Kind.NUMBER,
        10,
        "Seconds after which a search is cut off, with a word on how to narrow it.",
        minimum=1,
        maximum=600,
    )


@dataclass(frozen=True, slots=True)
class Rest:
    """What programs ask."""

    longest_token_days: int = option(
        Kind.NUMBER,
        730,
        "Days after which a token of a program ends at the latest; 0: no limit, and tokens that never end.",
        maximum=36_500,
    )


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What rtpy tells other programs over HTTP."""

    allow: tuple[str, ...] = option(
        Kind.LIST,
        (),
        "Networks and hosts besides the public internet, each with a port if you like: 10.0.0.0/8, n8n.lan:5678.",
    )
    seconds: int = option(
        Kind.NUMBER, 10, "Seconds that a receiver has for its answer.", minimum=1, maximum=60
    )
    keep_days: int = option(
        Kind.NUMBER,
        30,
        "Days after which what was delivered, or could not be, is swept.",
        minimum=7,
        maximum=3650,
    )


@dataclass(frozen=True, slots=True)
class CalendarFiles:
    """Files of events that close days of working calendars."""

    allow: tuple[str, ...] = option(
        Kind.LIST,
        (),
        "Networks and hosts of such files besides https on the public internet: 10.0.0.0/8, cloud.lan:8443.",
    )
    seconds: int = option(
        Kind.NUMBER, 15, "Seconds that a server has for sending such a file.", minimum=1, maximum=120
    )


@dataclass(frozen=True, slots=True)
class SignOn:
    """Single sign-on over OpenID Connect."""

    allow: tuple[str, ...] = option(
        Kind.LIST,
        (),
        "Networks and hosts of providers besides https on the public internet: 10.0.0.0/8, keycloak.lan:8443.",
    )
    seconds: int = option(
        Kind.NUMBER, 8, "Seconds that a provider has for each of its answers.", minimum=1, maximum=30
    )


@dataclass(frozen=True, slots=True)
class Log:
    """What goes to standard error."""

    level: str = option(
        Kind.CHOICE, "info", "How much is logged.", choices=("debug", "info", "warning", "error")
    )
    format: str = option(
        Kind.CHOICE,
        "text",
        "text, for people; json, one object a line, for programs that collect logs.",
        choices=("text", "json"),
    )


@dataclass(frozen=True, slots=True)
class General:
    """Settings that stand at the top of the file, outside any section."""

    rtname: str = option(
        Kind.TEXT,
        "rtpy",
        "Short name of this site, in the subject tag of every mail: [rtpy #7]; never change it later.",
        pattern=r"[A-Za-z0-9][A-Za-z0-9._-]*",
        expected="letters, digits, dots, dashes and underscores",
    )
    organization: str = option(
        Kind.TEXT,
        "rtpy.example",
        "Domain name in message ids and in links between tickets; never change it later.",
        pattern=r"[A-Za-z0-9][A-Za-z0-9.-]*",
        expected="a domain name",
    )
    home: str = option(
        Kind.FOLDER, "", "Folder for the database, mail and secrets; empty: var/ in the checkout."
    )
    etc: str = option(
        Kind.FOLDER, "", "Folder with lifecycles.toml and the like; empty: the one that came with rtpy."
    )
    share: str = option(
        Kind.FOLDER, "", "Folder with templates and static files; empty: the one that came with rtpy."
    )
    plugins: tuple[str, ...] = option(Kind.LIST, (), "Plugins to load, in this order.")
    no_plugins: bool = option(
        Kind.SWITCH, False, "Load none of them, to find out whether one is at fault; the list stays as it is."
    )
    trace_hooks: bool = option(
        Kind.SWITCH,
        False,
        "Tell the log of every call of a plugin's hook: who, with what, how long, what came back.",
    )


SECTIONS: dict[str, type[Any]] = {
    "": General,
    "web": Web,
    "login": Login,
    "database": Database,
    "attachments": Attachments,
    "mail": Mail,
    "search": Search,
    "webhooks": Webhooks,
    "rest": Rest,
    "calendar_files": CalendarFiles,
    "sign_on": SignOn,
    "log": Log,
    "telemetry": Telemetry,
}


def _row(section: str, item: Field[Any]) -> Option:
    name = f"{section}.{item.name}" if section else item.name
    return Option(name=name, default=item.default, **item.metadata)


OPTIONS: dict[str, Option] = {
    row.name: row
    for section, cls in SECTIONS.items()
    for row in (_row(section, item) for item in fields(cls))
}
