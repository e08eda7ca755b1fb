"""Single sign-on: the providers that may say who somebody is, whom of us they know, and logins under way."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, short, text, utc


class SignOnProvider(Base):
    """An OpenID Connect provider, and what its word is good for here."""

    __tablename__ = "sign_on_providers"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    """As the button of the login page says it."""
    issuer: Mapped[text]
    client_id: Mapped[text]
    client_secret: Mapped[text]
    """Sealed; empty for a public client."""
    scopes: Mapped[text]
    name_claim: Mapped[short]
    """The claim that becomes the login name of people who are made."""
    verified_claim: Mapped[short]
    """The claim that says whether the mail address is proved."""
    domains: Mapped[text]
    """Mail domains between blanks: whoever has no proved address in one of them stays out; empty: any."""
    makes_people: Mapped[flag]
    """Somebody whom nobody here is known as gets an account."""
    for_staff: Mapped[flag]
    """It speaks for staff: people made are privileged, and staff may be found by their address."""
    group_claim: Mapped[short]
    group_map: Mapped[text]
    """Lines `value of the claim = group`; who logs in is put into these groups and out of them."""
    organization_id: Mapped[int | None] = ref("organizations.id")
    """Whose people it knows: a client's provider speaks for that client's people only."""
    disabled: Mapped[flag]
    created: Mapped[utc]


class SignOnLink(Base):
    """A person of ours whom a provider knows as `subject`; with an empty one, somebody whom it may come to know."""

    __tablename__ = "sign_on_links"
    __table_args__ = (UniqueConstraint("provider_id", "issuer", "subject", "user_id"),)

    id: Mapped[id_]
    provider_id: Mapped[int] = ref("sign_on_providers.id", cascade=True)
    issuer: Mapped[str] = mapped_column(String(500))
    """Who said it: the same subject of another issuer is somebody else."""
    subject: Mapped[str] = mapped_column(String(255), default="", server_default="")
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    created: Mapped[utc]
    used: Mapped[datetime | None]


class SignOn(Base):
    """A login on its way over a provider: good once, for some minutes, in the browser where it began."""

    __tablename__ = "sign_ons"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    """Of the cookie's value: state, nonce and PKCE's verifier are worth nothing without it."""
    provider_id: Mapped[int] = ref("sign_on_providers.id", cascade=True)
    wanted: Mapped[text]
    """The path of ours to go on to."""
    expires: Mapped[utc]


# Of a subject there is one person; the empty ones wait.
Index(
    "uq_sign_on_links_subject",
    SignOnLink.provider_id,
    SignOnLink.issuer,
    SignOnLink.subject,
    unique=True,
    sqlite_where=SignOnLink.subject != "",
    postgresql_where=SignOnLink.subject != "",
)
