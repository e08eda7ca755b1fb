"""Looking up a name, in bounded time."""

import socket
import threading
from ipaddress import ip_address
from typing import Protocol

from rtpy.outbound.addresses import Address


class Resolver(Protocol):
    """Finds the addresses of a name."""

    def __call__(self, host: str, port: int, seconds: float) -> list[Address]:
        """All of them, the best first. Raises OSError when there is none or it takes longer than `seconds`."""
        ...


def resolve(host: str, port: int, seconds: float) -> list[Address]:
    """Ask the system's resolver."""
    found: list[Address] = []
    problems: list[OSError] = []

    def look() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(ip_address(row[4][0]) for row in rows))
        except (OSError, ValueError, UnicodeError) as error:
            problems.append(error if isinstance(error, OSError) else OSError(str(error)))

    # The system's call cannot be given a limit: a thread that nobody waits for any longer ends by itself.
    thread = threading.Thread(target=look, name="resolving", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"the name {host} was not found within {seconds:.0f} seconds")
    if problems or not found:
        raise OSError(f"the name {host} is not known")
    return found
