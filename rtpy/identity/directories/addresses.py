"""Addresses of directory servers."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

SCHEMES = ("ldap", "ldaps")


def read_server(url: str) -> SplitResult | None:
    """The parts of ldap://host[:port] or ldaps://host[:port]; None when it is anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in SCHEMES or not parts.hostname or more or port == 0 or len(url) > 300:
        return None
    return parts


def is_loopback(url: str) -> bool:
    """Is it this very machine?"""
    parts = read_server(url)
    host = (parts.hostname or "") if parts else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
