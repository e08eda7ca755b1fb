"""Who a reverse proxy says is logged in there: believed from the one named proxy, dropped from everybody else (A41).

The header is read before anything else touches the request, where the true address of the caller is still known. It
goes on under a name that no header can have; every other word of this kind is dropped.
"""

from collections.abc import Callable, Iterable, MutableMapping
from ipaddress import ip_address
from typing import Any

from rtpy.changes.accounts import create_account
from rtpy.changes.people import find_by_name, find_person
from rtpy.config import Config
from rtpy.errors import Invalid, Refused
from rtpy.models import Principal, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.work import Work

ENVIRON_KEY = "rtpy.login_header"
LONGEST = 200

Application = Callable[[MutableMapping[str, Any], Any], Iterable[bytes]]  # Any: as WSGI has it


def keep_trusted_header(application: Application, config: Config) -> Application:
    """The application behind the door at which the header is read.

    Must stand outside whatever puts the client's address in the place of the proxy's.
    """
    name = config.web.login_header
    header = "HTTP_" + name.upper().replace("-", "_") if name else ""
    proxy = _address(config.web.trusted_proxy)

    def pass_on(environ: MutableMapping[str, Any], start_response: Any) -> Iterable[bytes]:
        given = environ.pop(header, None) if header else None
        environ.pop("REMOTE_USER", None)
        environ.pop(ENVIRON_KEY, None)
        if given and proxy is not None and _address(str(environ.get("REMOTE_ADDR", ""))) == proxy:
            environ[ENVIRON_KEY] = given
        return application(environ, start_response)

    return pass_on


def named_by_proxy(environ: MutableMapping[str, Any]) -> str:
    """The name that the proxy gave; empty when it gave none, or something that is no name.

    A comma means that there were two headers, one of them perhaps the visitor's own: then none counts.
    """
    given = str(environ.get(ENVIRON_KEY, ""))
    try:
        name = given.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return ""
    bad = "," in name or len(name) > LONGEST or any(sign.isspace() or not sign.isprintable() for sign in name)
    return "" if bad else name


def person_named(work: Work, name: str) -> User:
    """The enabled person of that login name or address; made if the configuration says so. `work` is the system's.

    Raises Refused with a sentence for the person.
    """
    user = find_by_name(work.db, name) or find_person(work.db, name)
    if user is None and work.app.config.web.login_header_makes_people:
        user = _make(work, name)
    if user is None:
        raise Refused(f"You are known as {name} to your network, but not here. Ask your administrator.")
    if user.name in (SYSTEM_USER, NOBODY) or work.db.get_one(Principal, user.id).disabled:
        raise Refused("Your account is switched off. Ask your administrator.")
    return user


def _make(work: Work, name: str) -> User:
    address = name.lower() if "@" in name else ""
    try:
        return create_account(work, privileged=False, name=name, email_address=address)
    except Invalid as wrong:
        raise Refused(f"No account can be made for {name}: {wrong}") from None


def _address(text: str) -> Any:  # an address of one of two kinds, or None
    try:
        return ip_address(text)
    except ValueError:
        return None
