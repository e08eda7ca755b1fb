"""Who is in the sample consultancy: clients with sites, their people, the staff and the queues."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any  # what TOML holds can be anything

from rtpy.paths import find_share

PROGRAMS = ("outlook", "outlook", "thunderbird", "apple", "iphone", "gmail")


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a client works."""

    organization: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Organization:
    """A client: `technologies` is what we agreed to look after, `facts` the words that its threads use."""

    key: str
    name: str
    domains: tuple[str, ...]
    sites: tuple[Site, ...]
    technologies: tuple[str, ...]
    notes: str
    writes: int
    facts: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Staff:
    """One of ours."""

    login: str
    name: str
    email: str
    role: str
    phone: str
    skills: tuple[str, ...]

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Customer:
    """A person at a client, and how this person writes mail."""

    name: str
    email: str
    organization: str
    site: str
    title: str
    phone: str
    voice: str
    language: str
    program: str
    is_contact: bool

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class DemoQueue:
    """A queue and the address that mail for it is sent to."""

    name: str
    description: str
    address: str


@dataclass(frozen=True, slots=True)
class Consultancy:
    """All of it. Organisations are known by `key`, staff by `login`, customers by `email`."""

    name: str
    domain: str
    organizations: tuple[Organization, ...]
    staff: tuple[Staff, ...]
    customers: tuple[Customer, ...]
    queues: tuple[DemoQueue, ...]

    @property
    def sites(self) -> tuple[Site, ...]:
        return tuple(site for organization in self.organizations for site in organization.sites)


def consultancy(seed: int, folder: Path | None = None) -> Consultancy:
    """The consultancy with its clients; the seed decides telephone numbers and mail programs only.

    `folder` is where `consultancy.toml` lies, by default `share/demo`.
    """
    path = (folder or demo_folder()) / "consultancy.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    organizations = tuple(_organization(each) for each in content["organization"])
    rng = Random(f"{seed}:people")
    return Consultancy(
        name=content["name"],
        domain=content["domain"],
        organizations=organizations,
        staff=tuple(_staff(each, content["domain"]) for each in content["staff"]),
        customers=tuple(
            _customer(line, organization, rng)
            for organization, each in zip(organizations, content["organization"], strict=True)
            for line in each["people"]
        ),
        queues=tuple(DemoQueue(**each) for each in content["queue"]),
    )


def demo_folder() -> Path:
    """Where the texts of the sample consultancy lie."""
    return find_share() / "demo"


def _organization(content: dict[str, Any]) -> Organization:
    return Organization(
        key=content["key"],
        name=content["name"],
        domains=tuple(content["domains"]),
        sites=tuple(Site(content["key"], name, address) for name, address in content["sites"].items()),
        technologies=tuple(content["technologies"]),
        notes=content["notes"],
        writes=content["writes"],
        facts={key: tuple(values) for key, values in content["facts"].items()},
    )


def _staff(content: dict[str, Any], domain: str) -> Staff:
    login = content["login"]
    skills = tuple(content["skills"])
    return Staff(login, content["name"], f"{login}@{domain}", content["role"], content["phone"], skills)


def _customer(line: dict[str, Any], organization: Organization, rng: Random) -> Customer:
    site = organization.sites[line.get("site", 0)]
    return Customer(
        name=line["name"],
        email=f"{line['mailbox']}@{organization.domains[line.get('domain', 0)]}",
        organization=organization.key,
        site=site.name,
        title=line["title"],
        phone=f"+49 30 555 {rng.randint(100, 999)}-{rng.randint(10, 99)}",
        voice=line["voice"],
        language=line.get("language", "en"),
        program=line.get("program") or rng.choice(PROGRAMS),
        is_contact=line.get("contact", False),
    )
