"""What a site allows beyond the public internet: a list of networks and hosts, read once and asked often."""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

from rtpy.outbound.addresses import Address, Network

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Networks and hosts that may be connected to by any port, or by the one that is named.

    `wrong` are words of the list that make no sense: they allow nothing.
    """

    networks: tuple[tuple[Network, int | None], ...] = ()
    hosts: frozenset[tuple[str, int | None]] = frozenset()
    wrong: tuple[str, ...] = ()

    def names(self, host: str, port: int) -> bool:
        """Does the list name this host?"""
        return bool({(host, None), (host, port)} & self.hosts)

    def holds(self, address: Address, port: int) -> bool:
        """Does it hold this address, in a network or by itself?"""
        return any(
            network.version == address.version and address in network and each in (None, port)
            for network, each in self.networks
        )


@lru_cache(maxsize=16)
def read_allowed(words: tuple[str, ...]) -> Allowed:
    """`10.0.0.0/8`, `10.1.2.3`, `10.1.2.3:8080`, `[fd00::1]:8080`, `n8n.lan` or `n8n.lan:5678`."""
    networks: list[tuple[Network, int | None]] = []
    hosts: set[tuple[str, int | None]] = set()
    wrong = []
    for word in words:
        place, port = _apart(word.strip().lower())
        network = _network(place)
        if port == 0 or (network is None and not is_host_name(place)):
            wrong.append(word)
        elif network is not None:
            networks.append((network, port))
        else:
            hosts.add((place, port))
    return Allowed(tuple(networks), frozenset(hosts), tuple(wrong))


def _apart(word: str) -> tuple[str, int | None]:
    """Place and port; 0 for a port that is none."""
    found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::(\d{1,5}))?", word)
    if found is None:
        return word, None
    port = int(found[2]) if found[2] else None
    return found[1].strip("[]").rstrip("."), port if port is None or port < 65536 else 0


def _network(place: str) -> Network | None:
    try:
        return ip_network(place, strict=False) if "/" in place else ip_network(ip_address(place))
    except ValueError:
        return None


def ends_in_number(host: str) -> bool:
    """Would some programs read this name as an IPv4 address, as in `127.1`, `0x7f000001` or `2130706433`?"""
    return re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]) is not None


def is_host_name(host: str) -> bool:
    """Is this in lower case a name that a server can have, and nothing that looks like a number?"""
    return _HOST.fullmatch(host) is not None and not ends_in_number(host)
