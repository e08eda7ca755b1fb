"""Organisations: client companies with their mail domains, sites and members."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, short, text, utc


class Organization(Base):
    """A client company; a ticket belongs to one or none."""

    __tablename__ = "organizations"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    notes: Mapped[text]
    disabled: Mapped[flag]
    created: Mapped[utc]


class OrganizationDomain(Base):
    """A mail domain, lower-case; who writes from it belongs to the organisation."""

    __tablename__ = "organization_domains"

    id: Mapped[id_]
    organization_id: Mapped[int] = ref("organizations.id", index=True, cascade=True)
    domain: Mapped[str] = mapped_column(String(255), unique=True)


class OrganizationSite(Base):
    """A place where the organisation works."""

    __tablename__ = "organization_sites"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    id: Mapped[id_]
    organization_id: Mapped[int] = ref("organizations.id", cascade=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[text]


class OrganizationMember(Base):
    """A person's membership; one person may be in several organisations."""

    __tablename__ = "organization_members"
    __table_args__ = (UniqueConstraint("organization_id", "user_id"),)

    id: Mapped[id_]
    organization_id: Mapped[int] = ref("organizations.id", cascade=True)
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    site_id: Mapped[int | None] = ref("organization_sites.id")
    is_contact: Mapped[flag]
    """Whom we ask when something concerns the whole organisation."""
    title: Mapped[short]
