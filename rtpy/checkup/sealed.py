"""The secret_key of this home: is it the site's, and what lies sealed in the database and does not open with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from rtpy.app import App
from rtpy.checkup.finding import Finding, fine, note, wrong
from rtpy.config import Config
from rtpy.errors import Refused
from rtpy.identity.directories import settings as directories
from rtpy.identity.oidc import provider
from rtpy.identity.second_factor import factor
from rtpy.mailboxes import settings as mailboxes
from rtpy.models import Mailbox, SecondFactor, SignOnProvider, UserDirectory, Webhook
from rtpy.sealing import unseal
from rtpy.site_key import fingerprint, problem_of
from rtpy.webhooks.signing import mark_of


@dataclass(frozen=True, slots=True)
class _Place:
    column: InstrumentedAttribute[str]
    purpose: str
    one: str
    many: str
    remedy: str


_ENTER = "enter it again on the page of each"
_PLACES = (
    _Place(Mailbox.sealed_password, mailboxes.PASSWORD, "password of a mailbox", "passwords of mailboxes", _ENTER),
    _Place(
        Mailbox.sealed_client_secret,
        mailboxes.CLIENT_SECRET,
        "client secret of a mailbox",
        "client secrets of mailboxes",
        _ENTER,
    ),
    _Place(
        Mailbox.sealed_refresh_token,
        mailboxes.REFRESH_TOKEN,
        "refresh token of a mailbox",
        "refresh tokens of mailboxes",
        _ENTER,
    ),
    _Place(
        UserDirectory.bind_password_sealed,
        directories.PURPOSE,
        "password of a directory",
        "passwords of directories",
        _ENTER,
    ),
    _Place(
        SignOnProvider.client_secret,
        provider.PURPOSE,
        "client secret of single sign-on",
        "client secrets of single sign-on",
        _ENTER,
    ),
    _Place(
        SecondFactor.secret,
        factor.PURPOSE,
        "second factor",
        "second factors",
        "take it off on the page of each person, who sets up a new one",
    ),
)  # fmt: skip


def look_at_key(app: App) -> Iterator[Finding]:
    """Is it the key that the database knows, and does it open what is sealed there? Nothing is written, no key made."""
    with app.reading_sessions() as db:
        if problem := problem_of(db.connection(), app.config):
            what, _, remedy = problem.partition(": ")
            yield wrong("secret_key", what, remedy.rstrip("."))
            return
        closed = list(closed_secrets(app, db)) if fingerprint(app.config) else []
    for line in closed:
        what, _, remedy = line.partition(": ")
        yield note("secret_key", f"does not open {what}", remedy)
    if not closed:
        yield fine("secret_key")


def closed_secrets(app: App, db: Session) -> Iterator[str]:
    """Lines about the secrets that this key does not open, each with what to do. A query for each kind of secret."""
    for place in _PLACES:
        sealed = db.scalars(select(place.column).where(place.column != "").order_by(place.column))
        count = sum(1 for each in sealed if not _opens(app.config, place.purpose, each))
        if count:
            yield f"{count} {place.one if count == 1 else place.many}: {place.remedy}"
    hooks = db.execute(select(Webhook.nonce, Webhook.secret_mark).order_by(Webhook.id))
    if count := sum(1 for nonce, mark in hooks if mark_of(app, nonce) != mark):
        what = "secret of a webhook" if count == 1 else "secrets of webhooks"
        yield f"{count} {what}: make a new one on the page of each, and give it to the receiver"


def _opens(config: Config, purpose: str, sealed: str) -> bool:
    try:
        unseal(config, purpose, sealed)
    except Refused:
        return False
    return True
