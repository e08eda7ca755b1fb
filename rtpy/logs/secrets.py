"""What never stands in a log, whoever wrote the line: the values of secret options, wherever they turn up."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

from rtpy.config import Config
from rtpy.config.option import Option
from rtpy.config.options import OPTIONS

HIDDEN = "***"
SHORTEST = 4
"""A shorter value is part of too many words."""

_SECRETS: set[str] = set()  # of the process, as the log is


def keep_out(values: Iterable[str]) -> None:
    """From now on these are written as asterisks; also as they look inside an address."""
    for value in values:
        _SECRETS.update(form for form in (value, quote(value, safe="")) if len(form) >= SHORTEST)


def masked(text: str) -> str:
    """`text` without them."""
    for secret in sorted(_SECRETS, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def secrets_of(config: Config) -> list[str]:
    """The values of the core's secret options; of an address only its password."""
    found = []
    for name, option in OPTIONS.items():
        section, _, item = name.rpartition(".")
        if option.secret and section:
            found += _secret_part(str(getattr(getattr(config, section), item)))
    return found


def secrets_among(options: Iterable[Option], values: Mapping[str, object]) -> list[str]:
    """The same of the options that plugins bring."""
    return [part for option in options if option.secret for part in _secret_part(str(values[option.name]))]


def _secret_part(value: str) -> list[str]:
    if "://" not in value:
        return [value] if value else []
    try:
        password = urlsplit(value).password
    except ValueError:
        return [value]
    return [password, unquote(password)] if password else []
