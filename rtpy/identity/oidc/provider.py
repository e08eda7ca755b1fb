"""A provider as a value: what a login over it needs, read in one query and kept while the network is asked."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.config import Config
from rtpy.models import SignOnProvider
from rtpy.outbound.allowed import Allowed, read_allowed
from rtpy.outbound.target import NotAllowed, judge_early, read_target
from rtpy.remembered import remembered
from rtpy.sealing import unseal

PURPOSE = "sign-on secret"
"""What the client's secret is sealed for."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider; `domains` in lower case, `groups` pairs of a value of the group claim and a group's name."""

    id: int
    name: str
    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    name_claim: str
    verified_claim: str
    domains: tuple[str, ...]
    makes_people: bool
    for_staff: bool
    group_claim: str
    groups: tuple[tuple[str, str], ...]
    organization_id: int | None


@dataclass(frozen=True, slots=True)
class Button:
    """A way in that the login page offers."""

    id: int
    name: str


def find_provider(app: App, db: Session, provider_id: int) -> Provider | None:
    """The provider with that number, if it is switched on. Raises Refused when its secret cannot be opened."""
    row = db.get(SignOnProvider, provider_id)
    return None if row is None or row.disabled else provider_of(app.config, row)


def provider_of(config: Config, row: SignOnProvider) -> Provider:
    """The value of a row. Raises Refused when its secret cannot be opened."""
    return Provider(
        row.id,
        row.name,
        row.issuer,
        row.client_id,
        unseal(config, PURPOSE, row.client_secret),
        row.scopes,
        row.name_claim,
        row.verified_claim,
        tuple(row.domains.split()),
        row.makes_people,
        row.for_staff,
        row.group_claim,
        read_group_map(row.group_map),
        row.organization_id,
    )


def sign_on_buttons(app: App, db: Session) -> tuple[Button, ...]:
    """What is switched on, by name; no query as a rule."""
    return remembered(app, db, "sign_on.buttons", _read_buttons)


def read_group_map(text: str) -> tuple[tuple[str, str], ...]:
    """Lines `value = group` as pairs; a line without a sign = has an empty group."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.rpartition("=") if "=" in line else (line, "", "") for line in lines if line)
    return tuple((value.strip(), group.strip()) for value, _, group in pairs)


def allowed_places(config: Config) -> Allowed:
    """Where providers may stand beside the public internet."""
    return read_allowed(config.sign_on.allow)


def check_place(config: Config, url: str) -> None:
    """May a provider stand there? Raises NotAllowed; what a name leads to is judged again when it is asked.

    Without encryption only where the site itself says so by name or address: what is said there is believed.
    """
    target, allowed = read_target(url), allowed_places(config)
    judge_early(target, allowed)
    known = allowed.names(target.host, target.port) or (
        target.address is not None and allowed.holds(target.address, target.port)
    )
    if target.scheme != "https" and not known:
        raise NotAllowed("Only https:// is allowed here.")


def callback_url(config: Config, provider_id: int) -> str:
    """The address to which a provider leads back: of base_url and nothing that a request says (A43).

    Each provider has its own, so that none can answer for another one.
    """
    return f"{config.base_url}/sign-on/{provider_id}/callback"


def _read_buttons(db: Session) -> tuple[Button, ...]:
    rows = db.execute(
        select(SignOnProvider.id, SignOnProvider.name)
        .where(SignOnProvider.disabled.is_(False))
        .order_by(func.lower(SignOnProvider.name))
    )
    return tuple(Button(row.id, row.name) for row in rows)
