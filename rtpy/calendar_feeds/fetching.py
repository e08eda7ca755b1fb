"""Fetching a file of events over HTTP: only from where rtpy may connect to, bounded in time and size; no database."""

from urllib.parse import urljoin

from rtpy.calendar_feeds.events import LARGEST
from rtpy.config import Config
from rtpy.errors import Refused
from rtpy.outbound.allowed import read_allowed
from rtpy.outbound.connection import Answer, NoAnswer, ask
from rtpy.outbound.target import NotAllowed, read_target

MOST_TURNS = 3
"""How often an answer may lead elsewhere; each place is judged anew."""


class NotFetched(Refused):
    """There is no file; the sentence says why."""


def fetch(config: Config, address: str) -> bytes:
    """The file behind an address. Raises NotFetched."""
    place = address
    for _ in range(MOST_TURNS + 1):
        answer = _ask(config, place)
        if 300 <= answer.status < 400 and answer.header("location"):
            place = urljoin(place, answer.header("location"))
            continue
        if answer.status != 200:
            raise NotFetched(f"{_origin(place)} answered {answer.status}, not 200.")
        if answer.is_cut:
            raise NotFetched(f"{_origin(place)}: the file is too long, or breaks off.")
        return answer.body
    raise NotFetched(f"{_origin(address)} leads from one address to another without end.")


def _ask(config: Config, place: str) -> Answer:
    try:
        return ask(
            "GET",
            read_target(place),
            headers={"Accept": "text/calendar, */*;q=0.1", "User-Agent": "rtpy"},
            allowed=read_allowed(config.calendar_files.allow),
            seconds=float(config.calendar_files.seconds),
            most=LARGEST,
        )
    except NotAllowed as wrong:
        raise NotFetched(f"{wrong} The option calendar_files.allow says what else may be.") from None
    except NoAnswer as nothing:
        raise NotFetched(f"{_origin(place)}: {nothing}.") from None


def _origin(place: str) -> str:
    """What of an address may be told: the rest may hold a secret."""
    try:
        return read_target(place).origin
    except NotAllowed:
        return "The address"
