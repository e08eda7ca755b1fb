"""Beginning and ending what this process tells a collector."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from rtpy.config import Config
from rtpy.errors import Invalid, Problem
from rtpy.logs.secrets import keep_out
from rtpy.telemetry.spans import collect_with, collector

PATIENCE = 3.0
"""Seconds that the end of a process waits for the last spans to be taken."""
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@contextmanager
def exporting(config: Config) -> Iterator[None]:
    """What happens inside is told to the collector of `config`, if there is one; at the end the rest is handed over.

    Raises Invalid when that cannot be.
    """
    start_exporting(config)
    try:
        yield
    finally:
        stop_exporting()


def start_exporting(config: Config) -> None:
    """Tell the collector of `config` from now on; without one, or when it is told already, nothing happens.

    Nothing is asked of the collector yet. Raises Invalid as `check_telemetry`.
    """
    options = config.telemetry
    if not options.endpoint or collector() is not None:
        return
    check_telemetry(config)
    from rtpy.telemetry.collecting import Exporting

    headers = headers_of(options.headers)
    keep_out(headers.values())
    collect_with(Exporting(options, headers))


def check_telemetry(config: Config) -> None:
    """Raises Invalid when a collector is configured and cannot be told: its library is missing, or a secret would go
    unencrypted."""
    options = config.telemetry
    if not options.endpoint:
        return
    headers = headers_of(options.headers)
    where = urlsplit(options.endpoint)
    if headers and where.scheme == "http" and where.hostname not in HERE:
        raise Invalid(
            Problem(
                "telemetry.headers",
                "telemetry.headers would go unencrypted: let telemetry.endpoint begin with https://.",
            )
        )
    try:
        import rtpy.telemetry.collecting  # noqa: F401  # its libraries are an extra
    except ImportError as missing:
        raise Invalid(
            Problem(
                "telemetry.endpoint",
                "telemetry.endpoint is set, and the libraries for it are missing: install rtpy[otel], "
                "or leave it empty.",
            )
        ) from missing


def stop_exporting() -> None:
    """Hand over what is left, for three seconds at most, and tell nobody anything any more."""
    told = collector()
    if told is not None:
        collect_with(None)
        told.end(PATIENCE)


def headers_of(text: str) -> Mapping[str, str]:
    """The headers that an option `Name=value, Other=value` holds; `%2C` is a comma in a value."""
    pairs = (piece.partition("=") for piece in text.split(",") if piece.strip())
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs}
