"""Saving mailboxes: read from what somebody gave, checked, sealed, and noted in the log of configuration."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.config import Config
from rtpy.errors import Invalid, Problem
from rtpy.mailboxes.settings import (
    CLIENT_SECRET,
    PASSWORD,
    REFRESH_TOKEN,
    After,
    Encryption,
    Method,
)
from rtpy.models import Mailbox, MailboxState, Queue
from rtpy.outbound.allowed import read_allowed
from rtpy.outbound.target import NotAllowed, judge_early, read_target
from rtpy.rights.names import Right
from rtpy.sealing import seal
from rtpy.work import Work

KIND = "mailbox"
SHORTEST, LONGEST = 10, 86_400
"""Seconds between two fetches."""
ACTIONS = ("correspond", "comment")
FIRST: dict[str, str] = {
    "port": "993",
    "tls": Encryption.TLS,
    "method": Method.PASSWORD,
    "folder": "INBOX",
    "action": "correspond",
    "after": After.SEEN,
    "seconds": "60",
    "queue": "General",
}
"""What a new mailbox begins with."""


@dataclass(frozen=True, slots=True)
class _Secret:
    """A secret of the form: its field, its column, and what it is sealed for."""

    field: str
    column: str
    purpose: str


_SECRETS = (
    _Secret("password", "sealed_password", PASSWORD),
    _Secret("client_secret", "sealed_client_secret", CLIENT_SECRET),
    _Secret("refresh_token", "sealed_refresh_token", REFRESH_TOKEN),
)


_FIELDS = frozenset(each.field for each in _SECRETS)


def save_mailbox(
    work: Work, row: Mailbox | None, values: Mapping[str, str], *, without_secrets: bool = False
) -> Mailbox:
    """Make a mailbox, or change this one. Needs SuperUser. Raises Invalid with every problem.

    A secret that is left empty stays as it is, unless the login or the server becomes another one: nobody may be
    shown the password by letting us say it elsewhere. `without_secrets` lets them be missing, for somebody to type
    later, if the mailbox is switched off meanwhile.
    """
    need_system(work, Right.SUPER_USER)
    problems: list[Problem] = []
    given = {name: _line(text) for name, text in values.items() if name != "authority"}
    queue = _check_plain(work, row, given, problems)
    authority = values.get("authority", "").replace("\r\n", "\n").strip()
    _check_authority(authority, problems)
    _check_server(given, problems)
    lacking: list[Problem] = []
    _check_login(work.app.config, row, given, values, lacking)
    may_lack = without_secrets and given.get("disabled") == "1"
    problems += [
        each for each in lacking if not (may_lack and each.field in _FIELDS and not values.get(each.field))
    ]
    if problems or queue is None:
        raise Invalid(*problems)
    before = None if row is None else plain_mailbox(work, row)
    mailbox = row or Mailbox(created=work.now)
    _write(work.app.config, mailbox, given, values, authority, queue)
    twin = _same_place(work, row, mailbox)
    if twin:
        raise Invalid(Problem("folder", f"“{twin}” fetches this folder of this login already."))
    if row is None:
        work.db.add(mailbox)
    work.db.flush()  # the state and the log name it by its id
    state = work.db.get(MailboxState, mailbox.id)
    if state is None:
        state = MailboxState(mailbox_id=mailbox.id, next_fetch=work.now)
        work.db.add(state)
    begin_anew(work, state)
    after = plain_mailbox(work, mailbox)
    if before is not None and any(values.get(each.field) for each in _SECRETS):
        after["secret"] = "changed"
    note_configuration(work, KIND, mailbox.id, mailbox.name, before, after)
    return mailbox


def delete_mailbox(work: Work, row: Mailbox) -> None:
    """Delete it; the mails in it and the tickets made of them stay. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    note_configuration(work, KIND, row.id, row.name, plain_mailbox(work, row), None)
    work.db.delete(row)
    work.db.flush()


def fetch_now(work: Work, row: Mailbox) -> None:
    """Let the worker fetch within seconds, also after it had stopped trying. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    begin_anew(work, work.db.get_one(MailboxState, row.id))


def ask_test(work: Work, row: Mailbox) -> None:
    """Let the worker try whether it works, within seconds, also while it is switched off. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    work.db.get_one(MailboxState, row.id).test_asked = work.now


def begin_anew(work: Work, state: MailboxState) -> None:
    """Due at once, and refused logins are forgotten."""
    state.next_fetch, state.login_refusals, state.failures = work.now, 0, 0


def plain_mailbox(work: Work, row: Mailbox) -> dict[str, str]:
    """All that makes it up, as `save_mailbox` reads it, without secrets."""
    queue = work.db.get(Queue, row.queue_id)
    return {
        "name": row.name,
        "host": row.host,
        "port": str(row.port),
        "tls": row.tls,
        "authority": row.authority,
        "login": row.login,
        "method": row.method,
        "token_url": row.token_url,
        "client_id": row.client_id,
        "scope": row.scope,
        "folder": row.folder,
        "queue": queue.name if queue else "",
        "action": row.action,
        "after": row.after,
        "move_to": row.move_to,
        "seconds": str(row.seconds),
        "disabled": "1" if row.disabled else "",
    }


def _check_plain(
    work: Work, row: Mailbox | None, given: Mapping[str, str], problems: list[Problem]
) -> Queue | None:
    name = given.get("name", "")
    twin = work.db.scalar(select(Mailbox.id).where(func.lower(Mailbox.name) == name.lower()))
    if not name or len(name) > 200:
        problems.append(Problem("name", "Give it a name of at most 200 characters."))
    elif twin is not None and (row is None or twin != row.id):
        problems.append(Problem("name", "There is a mailbox of this name: choose another one."))
    queue = work.db.scalar(select(Queue).where(Queue.name == given.get("queue", "")))
    if queue is None or queue.disabled:
        problems.append(Problem("queue", "Choose an open queue."))
    if given.get("action") not in ACTIONS:
        problems.append(Problem("action", "Choose what the mails become."))
    if not _is_number(given.get("seconds", ""), SHORTEST, LONGEST):
        problems.append(Problem("seconds", f"Give seconds from {SHORTEST} to {LONGEST:,}."))
    folder, target = given.get("folder", ""), given.get("move_to", "")
    if not folder or len(folder) > 255:
        problems.append(Problem("folder", "Name the folder, such as INBOX."))
    if given.get("after") not in tuple(After):
        problems.append(Problem("after", "Choose what becomes of a mail that was taken."))
    elif given.get("after") == After.MOVE and (not target or len(target) > 255):
        problems.append(Problem("move_to", "Name the folder that taken mails go to."))
    elif given.get("after") == After.MOVE and target.lower() == folder.lower():
        problems.append(Problem("move_to", "It must be another folder than the one that is fetched."))
    return queue


def _check_server(given: Mapping[str, str], problems: list[Problem]) -> None:
    host, encryption = given.get("host", ""), given.get("tls", "")
    if not host or len(host) > 253 or set(host) & set(" /@:") - (set(":") if _address(host) else set()):
        problems.append(Problem("host", "Give the name of the server, such as imap.example.com."))
    if not _is_number(given.get("port", ""), 1, 65535):
        problems.append(Problem("port", "Give a port: usually 993, with STARTTLS 143."))
    if encryption not in tuple(Encryption):
        problems.append(Problem("tls", "Choose how the connection is encrypted."))
    elif encryption == Encryption.NONE and not _is_here(host):
        problems.append(
            Problem("tls", "Without encryption only a server on this machine is fetched (localhost).")
        )


def _check_login(
    config: Config,
    row: Mailbox | None,
    given: Mapping[str, str],
    values: Mapping[str, str],
    problems: list[Problem],
) -> None:
    login, method = given.get("login", ""), given.get("method", "")
    if not login or len(login) > 255:
        problems.append(Problem("login", "Give the name with which one logs in."))
    keeps = row is not None and (row.host, row.login, row.method, row.token_url) == (
        given.get("host", ""),
        login,
        method,
        given.get("token_url", "") if method == Method.XOAUTH2 else row.token_url,
    )
    has = {
        each.field: bool(values.get(each.field)) or bool(keeps and row and getattr(row, each.column))
        for each in _SECRETS
    }
    if set(values.get("password", "")) & set("\r\n\0"):
        problems.append(Problem("password", "A password has no line breaks."))
    if method == Method.PASSWORD:
        if not has["password"]:
            problems.append(Problem("password", "Give the password: it belongs to this server and login."))
    elif method == Method.XOAUTH2:
        try:
            judge_early(read_target(given.get("token_url", "")), read_allowed(config.mail.token_allow))
        except NotAllowed as wrong:
            problems.append(Problem("token_url", f"{wrong} What else is allowed stands in mail.token_allow."))
        if not given.get("client_id"):
            problems.append(Problem("client_id", "Give the id under which the provider knows this site."))
        if not has["client_secret"] and not has["refresh_token"]:
            problems.append(Problem("client_secret", "Give the client's secret or a refresh token, or both."))
    else:
        problems.append(Problem("method", "Choose how one logs in."))
    if max((len(given.get(name, "")) for name in ("client_id", "scope")), default=0) > 255:
        problems.append(Problem("client_id", "Client id and scope have at most 255 characters."))


def _check_authority(text: str, problems: list[Problem]) -> None:
    if not text:
        return
    try:
        ssl.create_default_context(cadata=text)
    except (ssl.SSLError, ValueError, TypeError):  # TypeError: letters that are not ASCII
        problems.append(
            Problem("authority", "Paste certificates as PEM: -----BEGIN CERTIFICATE----- and so on.")
        )


def _write(
    config: Config,
    row: Mailbox,
    given: Mapping[str, str],
    values: Mapping[str, str],
    authority: str,
    queue: Queue,
) -> None:
    is_another = (row.host, row.login) != (given["host"], given["login"])
    row.name, row.host, row.port = given["name"], given["host"], int(given["port"])
    row.tls, row.authority = given["tls"], authority
    row.login, row.method = given["login"], given["method"]
    uses_token = row.method == Method.XOAUTH2
    is_another |= uses_token and row.token_url != given.get("token_url", "")
    row.token_url = given.get("token_url", "") if uses_token else ""
    row.client_id = given.get("client_id", "") if uses_token else ""
    row.scope = given.get("scope", "") if uses_token else ""
    for each in _SECRETS:
        is_used = (each.field == "password") != uses_token
        if not is_used or is_another:
            setattr(row, each.column, "")
        if is_used and values.get(each.field):
            setattr(row, each.column, seal(config, each.purpose, values[each.field].strip("\r\n")))
    row.folder, row.queue_id, row.action = given["folder"], queue.id, given["action"]
    row.after = given["after"]
    row.move_to = given.get("move_to", "") if row.after == After.MOVE else ""
    row.seconds, row.disabled = int(given["seconds"]), given.get("disabled") == "1"


def _same_place(work: Work, row: Mailbox | None, wanted: Mailbox) -> str | None:
    """The name of another mailbox that is switched on and fetches the same folder."""
    if wanted.disabled:
        return None
    with work.db.no_autoflush:
        others = work.db.scalars(
            select(Mailbox).where(Mailbox.login == wanted.login, Mailbox.disabled.is_(False))
        ).all()
    here = (wanted.host.lower(), wanted.folder)
    return next(
        (one.name for one in others if one is not row and (one.host.lower(), one.folder) == here), None
    )


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _is_number(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most


def _address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_here(host: str) -> bool:
    return host.lower() == "localhost" or (_address(host) and ip_address(host).is_loopback)
