"""Ways in from outside: directories and providers of single sign-on, without their secrets."""

from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.errors import Invalid, Problem
from rtpy.identity.directories.presets import FIELDS
from rtpy.identity.directories.reading import FLAGS, manager_fields
from rtpy.identity.directories.saving import LISTS, logged_directory, save_directory
from rtpy.identity.oidc.saving import DEFAULTS, plain_provider, save_provider
from rtpy.identity.oidc.saving import FLAGS as PROVIDER_FLAGS
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.texts import ASK, as_text, secret_in
from rtpy.models import Organization, SignOnProvider, UserDirectory
from rtpy.work import Work

DIRECTORY: Entry = {
    "kind": "openldap",
    "position": 10,
    "urls": [],
    "tls": "starttls",
    "ca": "",
    "bind_dn": "",
    "bind_password": "",
    "base_dn": "",
    "person_filter": "(objectClass=inetOrgPerson)",
    "active_filter": "",
    "login_attributes": ["uid", "mail"],
    "unique_attribute": "entryUUID",
    "attributes": {},
    "required_group_dn": "",
    "group_base_dn": "",
    "group_filter": "",
    "group_name_attribute": "cn",
    "group_member_attribute": "member",
    "manager_attribute": "",
    "manager_field": "",
    "organization": "",
    "sync_minutes": 60,
    "sync_threshold": 20,
    **dict.fromkeys(FLAGS, False),
}
PROVIDER: Entry = {
    "issuer": "",
    "client_id": "",
    "client_secret": "",
    **DEFAULTS,
    "domains": [],
    "organization": "",
    "group_claim": "",
    "group_map": [],
    **dict.fromkeys(PROVIDER_FLAGS, False),
}
MISSING = "It is switched off, since its {} is missing: type it on its page."


def _directories(work: Work) -> Sequence[Entry]:
    rows = work.db.scalars(select(UserDirectory).order_by(func.lower(UserDirectory.name)))
    found = []
    for row in rows:
        plain: Entry = dict(logged_directory(work, row))
        plain |= {name: list(getattr(row, name)) for name in LISTS}
        plain["attributes"] = dict(sorted(row.attributes.items()))
        plain["bind_password"] = ASK if row.bind_password_sealed else ""
        found.append(plain)
    return found


def _save_directory(work: Work, entry: Entry, before: Entry | None) -> Sequence[str]:
    row = work.db.scalar(
        select(UserDirectory).where(func.lower(UserDirectory.name) == str(entry["name"]).lower())
    )
    unknown = entry["attributes"].keys() - FIELDS.keys()
    if unknown:
        words = f"There is no field {', '.join(sorted(unknown))}; there are {', '.join(FIELDS)}."
        raise Invalid(Problem("attributes", words))
    texts = {key: as_text(value) for key, value in entry.items() if key != "attributes"}
    texts |= {f"map_{field}": str(attribute) for field, attribute in entry["attributes"].items()}
    texts["organization_id"] = _organization(work, str(entry["organization"]))
    texts["manager_field_id"] = _manager_field(work, str(entry["manager_field"]))
    password = texts["bind_password"] = secret_in(entry, "bind_password")
    try:
        save_directory(work, row, texts)
    except Invalid as wrong:
        if password or {problem.field for problem in wrong.problems} != {"bind_password"}:
            raise
        save_directory(work, row, {**texts, "disabled": "1"}, without_password=True)
        return (MISSING.format("password"),)
    return ()


def _providers(work: Work) -> Sequence[Entry]:
    rows = work.db.scalars(select(SignOnProvider).order_by(func.lower(SignOnProvider.name)))
    found = []
    for row in rows:
        plain: Entry = dict(plain_provider(work, row))
        plain |= {name: plain[name] == "1" for name in PROVIDER_FLAGS}
        plain |= {"domains": row.domains.split(), "group_map": row.group_map.splitlines()}
        plain["client_secret"] = ASK if plain.pop("secret") else ""
        found.append(plain)
    return found


def _save_provider(work: Work, entry: Entry, before: Entry | None) -> Sequence[str]:
    name = str(entry["name"])
    row = work.db.scalar(select(SignOnProvider).where(func.lower(SignOnProvider.name) == name.lower()))
    texts = {key: as_text(value) for key, value in entry.items()}
    texts["domains"] = " ".join(map(str, entry["domains"]))
    secret = texts["client_secret"] = secret_in(entry, "client_secret")
    stays = row is not None and row.client_secret and row.issuer == " ".join(texts["issuer"].split())
    if entry["client_secret"] == ASK and not secret and not stays:
        save_provider(work, row, {**texts, "disabled": "1"})
        return (MISSING.format("client secret"),)
    save_provider(work, row, texts)
    return ()


def _organization(work: Work, name: str) -> str:
    if not name:
        return ""
    found = work.db.scalar(select(Organization.id).where(func.lower(Organization.name) == name.lower()))
    if found is None:
        raise Invalid(Problem("organization", f"There is no organisation “{name[:80]}”: make it first."))
    return str(found)


def _manager_field(work: Work, name: str) -> str:
    if not name:
        return ""
    found = next((number for number, each in manager_fields(work) if each.lower() == name.lower()), None)
    if found is None:
        words = f"There is no custom field of people “{name[:80]}” that can hold a manager."
        raise Invalid(Problem("manager_field", words))
    return str(found)


DIRECTORIES = Section("directories", ("name",), DIRECTORY, _directories, _save_directory)
SIGN_ON_PROVIDERS = Section("sign_on_providers", ("name",), PROVIDER, _providers, _save_provider)
