"""Asking the domain name system for texts: the port, and the one that really asks."""

import time
from typing import Protocol

import dns.exception
import dns.resolver

LONGEST = 8_000
"""Characters of one text; a key of 4096 bits has some 750."""


class Unanswered(OSError):
    """The domain name system gave no answer in time, so nothing is known."""


class Resolver(Protocol):
    """Texts by name."""

    def texts(self, name: str, seconds: float) -> tuple[str, ...]:
        """All TXT records of a name, each in one piece; none when there are none. Raises Unanswered."""


class DnsResolver:
    """Asks the name servers of this machine; remembers what they said as long as they allow."""

    def __init__(self) -> None:
        self._resolver = dns.resolver.Resolver()
        self._resolver.cache = dns.resolver.LRUCache(2_000)

    def texts(self, name: str, seconds: float) -> tuple[str, ...]:
        """Raises Unanswered after `seconds`."""
        try:
            answer = self._resolver.resolve(name, "TXT", lifetime=max(seconds, 0.1), search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise Unanswered(f"no answer about {name}: {error}") from error
        joined = (b"".join(record.strings).decode("utf-8", "replace") for record in answer)
        return tuple(text for text in joined if len(text) <= LONGEST)


class Hurried:
    """A resolver for one mail: all its questions together may take no longer than `seconds`."""

    def __init__(self, resolver: Resolver, seconds: float) -> None:
        self._resolver = resolver
        self._until = time.monotonic() + seconds

    def texts(self, name: str) -> tuple[str, ...]:
        """Raises Unanswered when the time is up."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise Unanswered("there was no time left to ask")
        return self._resolver.texts(name, left)
