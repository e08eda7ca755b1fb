"""The settings of directories as plain values, which outlive the transaction that read them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import UserDirectory
from rtpy.remembered import remembered, watch

watch(UserDirectory)

PURPOSE = "directory bind password"
"""For `rtpy.sealing`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A directory's settings; the words are those of `UserDirectory`, which says what they mean."""

    id: int
    name: str
    kind: str
    disabled: bool
    urls: tuple[str, ...]
    tls: str
    plain_ok: bool
    ca: str
    bind_dn: str
    bind_password_sealed: str
    base_dn: str
    person_filter: str
    active_filter: str
    login_attributes: tuple[str, ...]
    unique_attribute: str
    attributes: Mapping[str, str]
    required_group_dn: str
    group_base_dn: str
    group_filter: str
    group_name_attribute: str
    group_member_attribute: str
    manager_attribute: str
    organization_id: int | None
    privileged: bool
    take_over: bool
    local_fallback: bool

    @property
    def is_ad(self) -> bool:
        """Active Directory, which follows nested groups by itself."""
        return self.kind == "ad"


def settings_of(row: UserDirectory) -> Settings:
    """The settings of one directory."""
    values = {name: getattr(row, name) for name in Settings.__slots__}
    for name in ("urls", "login_attributes"):
        values[name] = tuple(values[name])
    return Settings(**{**values, "attributes": dict(row.attributes)})


def enabled_directories(app: App, db: Session) -> tuple[Settings, ...]:
    """Those that let people in, in their order; no query as a rule."""
    return remembered(app, db, "directories", _read)


def _read(db: Session) -> tuple[Settings, ...]:
    rows = db.scalars(
        select(UserDirectory)
        .where(UserDirectory.disabled.is_(False))
        .order_by(UserDirectory.position, UserDirectory.id)
    )
    return tuple(settings_of(row) for row in rows)
