"""The address of a server as somebody typed it: read strictly, and judged before and after its name is looked up."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from rtpy.errors import Refused
from rtpy.outbound.addresses import OWN_KINDS, Address, kind_of
from rtpy.outbound.allowed import Allowed, ends_in_number, is_host_name

LONGEST = 2000
_PORTS = {"https": 443, "http": 80}


class NotAllowed(Refused):
    """Nothing may be sent there; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect to: `host` is a name in lower case or an address without brackets; `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> Address | None:
        """The address, when it was typed instead of a name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def host_header(self) -> str:
        """What the header `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_usual(self) -> bool:
        """Encrypted, on the usual port?"""
        return self.scheme == "https" and self.port == _PORTS["https"]

    @property
    def origin(self) -> str:
        """Scheme, host and port: all that may stand in a log, as the rest of an address may hold a secret."""
        return f"{self.scheme}://{self.host_header}"


def read_target(text: str) -> Target:
    """Read `https://hooks.example.com/path?query`. Raises NotAllowed with a sentence about what is wrong."""
    if len(text) > LONGEST:
        raise NotAllowed(f"The address is longer than {LONGEST} characters.")
    if re.search(r"[\x00-\x20\x7f\\]", text):
        raise NotAllowed("The address holds a space, a backslash or a sign that cannot be seen.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise NotAllowed("This is no address: write https://hooks.example.com/path.") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise NotAllowed("Write an address that begins with https:// and names a server.")
    if "@" in parts.netloc:
        raise NotAllowed("Leave name and password out of the address.")
    if parts.fragment or text.endswith("#"):
        raise NotAllowed("Leave out what follows the sign #: it is never sent to a server.")
    if port == 0:
        raise NotAllowed("There is no port 0.")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise NotAllowed("Behind the server's name write letters with accents as %XX.")
    scheme = parts.scheme
    return Target(scheme, _host(parts.netloc, parts.hostname), port or _PORTS[scheme], path or "/")


def judge(target: Target, address: Address, allowed: Allowed) -> None:
    """Raises NotAllowed unless a connection may go to this address, which belongs to the target's host."""
    if allowed.holds(address, target.port):
        return
    named = allowed.names(target.host, target.port)
    if not named:
        _need_usual(target)
    kind = kind_of(address)
    if kind and not (named and kind in OWN_KINDS):
        whose = "" if target.address else f"The name {target.host} leads to {address}. "
        raise NotAllowed(f"{whose}The address {address} is not public: it is {kind}.")


def judge_early(target: Target, allowed: Allowed) -> None:
    """The same before anything is looked up, as far as it can be told. Raises NotAllowed."""
    if target.address is not None:
        judge(target, target.address, allowed)
    elif not allowed.names(target.host, target.port) and not allowed.networks:
        # A name may lead into an allowed network: where there is one, this waits for the lookup.
        _need_usual(target)
        if "." not in target.host or target.host.endswith(".localhost"):
            raise NotAllowed(
                f"“{target.host}” is the name of a machine of your own network, not a public one."
            )


def _need_usual(target: Target) -> None:
    if not target.is_usual:
        raise NotAllowed("Only https:// on port 443 is allowed here.")


def _host(netloc: str, hostname: str) -> str:
    if netloc.startswith("["):
        try:
            address = ip_address(hostname)
        except ValueError:
            raise NotAllowed(f"“{hostname[:80]}” is no address of IPv6.") from None
        if "%" in hostname:
            raise NotAllowed(
                "Leave out the % and what follows it: an address of one network card is not allowed."
            )
        return str(address)
    try:
        host = hostname.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise NotAllowed(f"“{hostname[:80]}” is not the name of a server.") from None
    if ends_in_number(host):
        try:
            return str(ip_address(host))
        except ValueError:
            raise NotAllowed(
                f"“{host[:80]}” looks like a number: write an address as four decimal numbers with dots."
            ) from None
    if not is_host_name(host):
        raise NotAllowed(f"“{host[:80]}” is not the name of a server.")
    return host
