"""The sample consultancy as a firm: what it sells, at which rates, to whom and under which agreements."""

from dataclasses import dataclass, field
from typing import Any

HOUR = 3600
WEEK = [8 * HOUR] * 5 + [0, 0]
OFFICE_HOURS = "Office hours"
OFFICE = {
    "zone": "Europe/Berlin",
    **{f"day_{at}": "08:00-18:00" for at in range(5)},
    "country": "DE",
    "region": "BE",
}

SELLER = {
    "name": "Fennmark IT Consulting",
    "legal_name": "Fennmark IT Consulting GmbH",
    "street": "Chausseestr. 86",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "vat_id": "DE123456788",
    "tax_number": "37/123/45678",
    "registration": "HRB 123456 B",
    "contact": "Mira Adler",
    "phone": "+49 30 555 010-0",
    "email": "office@fennmark.example",
    "website": "www.fennmark.example",
    "currency": "EUR",
    "zone": "Europe/Berlin",
    "bank_accounts": [
        {
            "account": "DE02120300000000202051",
            "bic": "BYLADEM1001",
            "holder": "Fennmark IT Consulting GmbH",
            "bank": "DKB",
        }
    ],
    "accent": "#0b6e75",
    "footer": "Amtsgericht Charlottenburg HRB 123456 B\nManaging director: Mira Adler",
    "terms": "Please pay by {due} without deduction.",
}
ROLES = {"Technician": 9500, "Engineer": 12500, "Consultant": 16000}
"""With the price book's rate for an hour."""
WORKERS = {
    "mira": ("Consultant", 7000),
    "jonas": ("Engineer", 5500),
    "aylin": ("Engineer", 5500),
    "tom": ("Technician", 3800),
    "chiara": ("Technician", 3800),
    "rashid": ("Technician", 3600),
}
"""By login: the role, and what an hour costs ourselves."""
WORK_TYPES = ("Remote", "On site", "Travel", "Project", "Training")


@dataclass(frozen=True, slots=True)
class DemoLine:
    """A line of an agreement; `columns` are those of the row."""

    kind: str
    name: str
    columns: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """An organisation of the consultancy as a customer; its agreement begins with the three months of the demo."""

    organization: str
    street: str
    postcode: str
    city: str
    agreement: str = ""
    lines: tuple[DemoLine, ...] = ()
    terms: dict[str, Any] = field(default_factory=dict)
    customer: dict[str, Any] = field(default_factory=dict)


CUSTOMERS = (
    DemoCustomer(
        "Belmont Logistics GmbH",
        "Westhafenstr. 14",
        "13353",
        "Berlin",
        "Support 10 hours a month",
        (
            DemoLine(
                "recurring_block",
                "10 hours a month",
                {"price": 105000, "quantity": 10 * HOUR, "overflow_rate": 11500, "rollover_limit": 2 * HOUR},
            ),
        ),
        {"in_advance": True},
        {"statement_detail": "totals", "vat_id": "DE136695976"},
    ),
    DemoCustomer(
        "Hartwig Maschinenbau GmbH",
        "Nahmitzer Damm 22",
        "12277",
        "Berlin",
        "Work by time",
        (DemoLine("time_materials", "Time and materials"),),
        {},
        {"grouping": "entry", "statement_detail": "entries", "shows_names": True, "vat_id": "DE129273398"},
    ),
    DemoCustomer(
        "Lindqvist Legal PartG mbB",
        "Fasanenstr. 31",
        "10719",
        "Berlin",
        "Prepaid hours",
        (
            DemoLine(
                "block",
                "20 hours",
                {
                    "price": 216000,
                    "quantity": 20 * HOUR,
                    "overflow_rate": 12000,
                    "low_water": 4 * HOUR,
                    "top_up_quantity": 10 * HOUR,
                    "top_up_price": 110000,
                },
            ),
        ),
        {},
        {"statement_detail": "totals"},
    ),
    DemoCustomer(
        "Bäckerei Sonnenkorn GmbH",
        "Lahnstr. 52",
        "12055",
        "Berlin",
        "Workplaces",
        (
            DemoLine(
                "per_unit",
                "Workplaces",
                {
                    "price": 4900,
                    "quantity": 14,
                    "counted": 15,
                    "details": {"unit": "workplace", "covers": True},
                },
            ),
        ),
        {"in_advance": True},
    ),
    DemoCustomer(
        "Praxis Dr. Okafor & Kollegen",
        "Müllerstr. 118",
        "13349",
        "Berlin",
        "All in",
        (DemoLine("fixed_fee", "Support of the practice", {"price": 89000}),),
        {"in_advance": True},
        {"tax_treatment": ""},
    ),
    DemoCustomer(
        "Atelier Rousseau Architectes",
        "Linienstr. 88",
        "10119",
        "Berlin",
        "Work by time",
        (DemoLine("time_materials", "Time and materials", {"cap": 150000}),),
        {},
        {"grouping": "period"},
    ),
    DemoCustomer(
        "Grünwerk Energie eG",
        "Greifswalder Str. 4",
        "10405",
        "Berlin",
        "Retainer",
        (DemoLine("retainer", "Retainer", {"price": 300000, "quantity": 300000}),),
    ),
    DemoCustomer("Tidewater Media Ltd", "Ritterstr. 16", "10969", "Berlin"),
)
