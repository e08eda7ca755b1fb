"""Can this address be listened on? Asked before anything that takes time, so that the answer comes at once."""

import errno
import socket

import click


def refuse_taken_place(host: str, port: int, *, command: str) -> None:
    """Raises click.ClickException with the way out when nobody can listen there; `command` is the one to call anew."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        why = f"{error.strerror}".lower()
        raise click.ClickException(
            f"Cannot listen on {host} port {port}: {why}. {_advice(error, port, command)}"
        ) from error


def _advice(error: OSError, port: int, command: str) -> str:
    if command != "up":
        return "See web.host and web.port."
    if error.errno == errno.EADDRINUSE:
        return f"Choose another port: rtpy up --port {port % 65535 + 1}"
    if error.errno == errno.EACCES:
        return "Low ports belong to root; choose another: rtpy up --port 8080"
    return "Choose an address of this machine: rtpy up --host 127.0.0.1"
