"""What the clients of the sample consultancy own and it looks after: decided by a seed and the words of each client."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from rtpy.demo.people import Consultancy, Customer, Organization

KINDS = ("Laptop", "Server", "Firewall", "Switch", "Licence")
IN_STOCK = 2
"""Laptops that nobody holds."""
_LAPTOPS = ("ThinkPad T14 Gen 5", "HP EliteBook 845 G11", "Dell Latitude 5450", "Surface Laptop 6")
_MACS = ("MacBook Air 13", "MacBook Pro 14")
_NUMBERS = (412, 377, 448, 501, 395, 463, 418, 487, 502, 509, 511)
"""Of laptops; the first are those that the threads speak of."""
_SERVERS = ("Dell PowerEdge R450", "HPE ProLiant DL380 Gen11", "Fujitsu PRIMERGY RX2540 M7")
_SWITCHES = ("Aruba 6100 24G PoE", "Cisco CBS350-24P", "UniFi Pro 24 PoE")
_LICENCES = {
    "Microsoft 365": "Microsoft 365 Business Premium",
    "SolidWorks": "SolidWorks Professional, network licence",
    "Veeam": "Veeam Data Platform Essentials",
    "ArchiCAD": "ArchiCAD",
    "Adobe Creative Cloud": "Adobe Creative Cloud for teams",
    "DATEV Anwalt": "DATEV Anwalt classic",
}
_PREFIXES = {
    "FortiGate": "FGT",
    "Sophos": "X1",
    "UniFi": "F4E2",
    "ThinkPad": "PF",
    "HP": "5CG",
    "MacBook": "C02",
}
_ABOUT_LAPTOPS = re.compile(
    r"\b(laptop|notebook|computer|rechner|docking|screen|bildschirm|vpn)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DemoAsset:
    """One thing; `site` is a name, `holder`, `contact` and `owner` are addresses and a login, empty for nobody."""

    kind: str
    name: str
    description: str
    organization: str
    site: str
    serial: str
    warranty: date
    owner: str
    holder: str = ""
    contact: str = ""

    def is_meant(self, text: str, customer: str) -> bool:
        """Does a customer who writes this write about it? Of laptops: their own."""
        if self.kind == "Laptop":
            return self.holder == customer and _ABOUT_LAPTOPS.search(text) is not None
        return re.search(rf"(?<![\w-]){re.escape(self.name)}(?![\w-])", text, re.IGNORECASE) is not None


def inventory(house: Consultancy, seed: int, end: date) -> tuple[DemoAsset, ...]:
    """Some forty things, those of one client after the other; the same seed and end give the same."""
    rng = Random(f"{seed}:inventory")
    numbers = iter(_NUMBERS)
    found = [
        each for organization in house.organizations for each in _of(organization, house, numbers, rng, end)
    ]
    for number in list(numbers)[:IN_STOCK]:
        model = rng.choice(_LAPTOPS)
        found.append(
            DemoAsset("Laptop", f"NB-{number:04}", f"{model}, ready for the next employee", "", "",
                      _serial(model, rng), _warranty(end, rng, 600), "tom")
        )  # fmt: skip
    return tuple(found)


def _of(
    client: Organization, house: Consultancy, numbers: Iterator[int], rng: Random, end: date
) -> Iterator[DemoAsset]:
    people = [each for each in house.customers if each.organization == client.key]
    contact = next((each.email for each in people if each.is_contact), "")

    def thing(kind: str, name: str, model: str, description: str, skill: str, **more: str) -> DemoAsset:
        owner = rng.choice([each.login for each in house.staff if skill in each.skills])
        return DemoAsset(
            kind,
            name,
            description,
            client.key,
            more.get("site") or _site(client, name),
            more.get("serial") or _serial(model, rng),
            _warranty(end, rng),
            owner,
            more.get("holder", ""),
            contact,
        )

    between = " between the sites" if len(client.sites) > 1 else ""
    for name in client.facts.get("firewall", ()):
        yield thing("Firewall", name, name, f"Line and VPN{between}", "network")
    for name in client.facts["host"][: 2 if client.writes > 4 or "db-1" in client.facts["host"] else 1]:
        model = "Synology RS1221+" if "nas" in name.lower() else rng.choice(_SERVERS)
        yield thing("Server", name, model, f"{model}. {_purpose(name, client)}.", "server")
    if len(client.sites) > 1 and client.writes > 3 and rng.random() < 0.6:
        model, floor = rng.choice(_SWITCHES), client.facts["floor"][0]
        description = f"{model}, 24 ports, {rng.randint(9, 23)} in use"
        yield thing("Switch", f"Switch {floor.removeprefix('the ')}", model, description, "network")
    for technology in client.technologies:
        licence = _LICENCES.get(technology)
        if licence is not None:
            contract, seats = f"C-{end.year - 1}-{rng.randint(100, 999):04}", len(people) + rng.randint(0, 20)
            yield thing("Licence", licence, "", f"{seats} seats, renewed each year", "lead", serial=contract)
            break
    for holder in _laptop_holders(people, rng):
        model = rng.choice(_MACS if "macOS" in client.technologies else _LAPTOPS)
        yield thing(
            "Laptop",
            f"NB-{next(numbers):04}",
            model,
            f"{model}, of {holder.name}",
            "desk",
            holder=holder.email,
            site=holder.site,
        )


def _laptop_holders(people: Iterable[Customer], rng: Random) -> list[Customer]:
    with_laptop = [each for each in people if each.is_contact or each.voice == "angry"]
    return with_laptop[: rng.choice((1, 1, 2))]


def _purpose(name: str, client: Organization) -> str:
    kinds = {"web": "Websites of clients", "FS": "Files", "FILE": "Files", "nas": "Files and backup"}
    kinds |= {"ERP": "Business software", "odoo": "Odoo", "db": "Databases", "APP": "Transport planner"}
    found = next((purpose for word, purpose in kinds.items() if word in name), "")
    return found or f"Logins, files and {client.facts['app'][0].removeprefix('the ')}"


def _site(client: Organization, name: str) -> str:
    """The site that the name of a thing speaks of, else the first."""
    place = name.rpartition(" ")[2]
    return next((each.name for each in client.sites if place in each.name), client.sites[0].name)


def _serial(model: str, rng: Random) -> str:
    prefix = next((each for word, each in _PREFIXES.items() if model.startswith(word)), "")
    return prefix + "".join(rng.choices("ABCDEFGHJKLMNPRSTVWXYZ0123456789", k=11 - len(prefix)))


def _warranty(end: date, rng: Random, least: int = -150) -> date:
    return end + timedelta(days=rng.randint(least, 1000))
