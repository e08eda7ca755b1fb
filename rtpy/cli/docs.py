"""Writes the pages of docs/ that are tables of the code: `python -m rtpy.cli.docs` from the checkout."""

import json
import re
import textwrap
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any

from rtpy.cli.docs_extending import hooks_page, public_names_page
from rtpy.config.options import OPTIONS, SECTIONS, Kind, Option
from rtpy.mail.template import FILTERS, SIMPLE
from rtpy.mail.variables import VARIABLES
from rtpy.paths import checkout, find_etc
from rtpy.rights.names import CATALOG, CLASS, CUSTOM_FIELD, GROUP, KINDS, LATER, QUEUE, RIGHTS, SYSTEM
from rtpy.scrips.actions import ACTIONS
from rtpy.scrips.conditions import CONDITIONS
from rtpy.scrips.expression import FUNCTION_HELP
from rtpy.scrips.facts import FACTS
from rtpy.scrips.family import FAMILY
from rtpy.scrips.kinds import ActionKind, ConditionKind
from rtpy.search.fields import articles, assets, tickets, transactions
from rtpy.search.fields.field import SearchField
from rtpy.search.language.tree import Operator
from rtpy.setup import EVERYONE_MAY, STAFF_MAY

MADE = "<!-- Written by python -m rtpy.cli.docs; change the code or rtpy/cli/docs.py, not this file. -->\n"

SEARCHED = {
    "Tickets": tickets.OWN,
    "Assets": assets.asset_search_fields(),
    "Articles": articles.article_search_fields(),
    "Entries of histories": transactions.transaction_search_fields(),
}


def pages() -> dict[str, str]:
    """Every generated page: its path below docs/, and its text."""
    return {
        "administering/options.md": _options(),
        "administering/rights.md": _rights(),
        "administering/scrips.md": _scrips(),
        "extending/hooks.md": hooks_page(MADE),
        "extending/public-names.md": public_names_page(MADE, _table),
        "using/search-fields.md": _fields(),
    }


def main() -> None:
    """Write them all."""
    top = checkout()
    if top is None:
        raise SystemExit("docs/ is in the checkout only.")
    for name, text in pages().items():
        (top / "docs" / name).write_text(text, encoding="utf-8")


def _options() -> str:
    parts = [
        "# Options\n",
        MADE,
        _OPTIONS_INTRODUCTION,
    ]
    for section, cls in SECTIONS.items():
        rows = [_option(option) for option in OPTIONS.values() if option.name.rpartition(".")[0] == section]
        parts += [f"## {f'[{section}]' if section else 'At the top of the file'}\n", f"{cls.__doc__}\n"]
        parts.append(_table(("option", "value", "default", "what it does", "environment"), rows))
    return "\n".join(parts)


def _option(option: Option) -> tuple[str, ...]:
    value = ", ".join(option.choices) if option.kind is Kind.CHOICE else str(option.kind)
    if option.kind is Kind.NUMBER and option.maximum is not None:
        value += f", {option.minimum} to {option.maximum}"
    variable = f"RTPY_{option.name.replace('.', '_').upper()}"
    default = f"{option.default // 1024**2} MB" if option.kind is Kind.SIZE else option.default
    return (f"`{option.name}`", value, f"`{json.dumps(default)}`", option.help, f"`{variable}`")


def _rights() -> str:
    parts = ["# Rights\n", MADE, _RIGHTS_INTRODUCTION]
    for kind in KINDS:
        rows = [
            (f"`{name}`", str(each.category), each.help, _first_holders(name))
            for name, each in sorted(RIGHTS.items(), key=lambda item: item[0].lower())
            if kind in each.kinds
        ]
        parts += [f"## {_HELD_ON[kind]}\n", _table(("right", "for", "what it allows", "at first"), rows)]
    later = [(f"`{name}`", f"{why[0].upper()}{why[1:]}.") for name, why in sorted(LATER.items())]
    parts += ["## Rights of RT that are not here\n", _LATER_INTRODUCTION, _table(("right", "why"), later)]
    return "\n".join(parts)


def _first_holders(right: str) -> str:
    holders = (("everyone", EVERYONE_MAY), ("staff", STAFF_MAY))
    return ", ".join(name for name, held in holders if right in held)


def _scrips() -> str:
    with (find_etc() / "initialdata.toml").open("rb") as file:
        data: dict[str, list[dict[str, Any]]] = tomllib.load(file)
    twice = "Each but Blank is there a second time as “NAME in HTML”, a text with an HTML twin."
    return "\n".join(
        [
            "# Scrips\n",
            MADE,
            _SCRIPS_INTRODUCTION,
            "## Scrips of a fresh installation\n",
            _table(
                ("scrip", "condition", "action", "template"),
                [
                    (row["description"], row["condition"], row["action"], row["template"])
                    for row in data["scrips"]
                ],
            ),
            "## Conditions\n",
            _table(
                ("condition", "when", "kind", "argument", "transactions"),
                [
                    (row["name"], row["description"], row["kind"], row.get("argument", ""), row["types"])
                    for row in data["conditions"]
                ],
            ),
            "## Actions\n",
            _table(
                ("action", "what it does", "kind", "argument"),
                [
                    (row["name"], row["description"], row["kind"], row.get("argument", ""))
                    for row in data["actions"]
                ],
            ),
            "## Kinds of conditions\n",
            _table(("kind", "holds when", "argument"), [_kind(*each) for each in CONDITIONS.items()]),
            "## Kinds of actions\n",
            _table(
                ("kind", "what it does", "argument"), [_kind(*each) for each in (ACTIONS | FAMILY).items()]
            ),
            "## Facts of rules and expressions\n",
            _table(
                ("fact", "kind", "what it is"), [(f"`{n}`", f.kind.value, f.help) for n, f in FACTS.items()]
            ),
            "## Functions of expressions\n",
            _table(("function", "what it gives"), [(f"`{n}`", text) for n, text in FUNCTION_HELP.items()]),
            "## Templates\n",
            f"{twice}\n",
            _table(
                ("template", "what for"), [(row["name"], row["description"]) for row in data["templates"]]
            ),
            "## Variables of templates\n",
            _TEMPLATES_INTRODUCTION,
            _table(("variable", "what it is"), [(f"`{name}`", help) for name, help in VARIABLES.items()]),
            "RT's simple variables, written `{$TicketSubject}`:\n",
            textwrap.fill(", ".join(f"`{name}`" for name in SIMPLE), 110) + "\n",
            "Filters, written behind a value as in `{{ ticket.subject | upcase }}`:\n",
            textwrap.fill(", ".join(f"`{name}`" for name in sorted(FILTERS)), 110) + "\n",
        ]
    )


_OPTIONS_INTRODUCTION = """\
Options stand in `etc/rtpy.toml`. The same file may lie in the home and wins there; the environment variable wins over
both. The options of a plugin stand in its own section and have no environment variables. An unknown option or a wrong
value stops the start, with file and line; `rtpy check` tells all of them.
"""

_RIGHTS_INTRODUCTION = """\
A right is granted to a person, to a group, or to whoever plays a role (Requestor, Cc, AdminCc, Owner and
custom roles on tickets; Owner, HeldBy, Contact and custom roles on assets); on one thing or on the whole system.
A right that is held on the whole system is held on everything of its kind. How to grant them:
[granting.md](granting.md).

The column *for* is the tab on the page *Administration, Rights*: general, staff, admin. A lifecycle may ask for further
rights of any name for its moves; these are held on queues, those of assets on catalogs, and have a tab of their own.
The last column says who holds the right on the queue General of a fresh installation; `root` holds SuperUser.
"""

_HELD_ON = {
    SYSTEM: "Held on the whole system only",
    QUEUE: "Held on queues",
    GROUP: "Held on groups",
    CUSTOM_FIELD: "Held on custom fields",
    CLASS: "Held on classes of articles",
    CATALOG: "Held on catalogs of assets",
}

_LATER_INTRODUCTION = """\
An import from RT leaves these out, with a warning: there is nothing here that would ask for them.
"""

_SCRIPS_INTRODUCTION = """\
A scrip is a rule: when this (a condition), do that (an action), often a mail (with a template). After each transaction
the engine looks at the scrips of the stage `create`; after a whole bundle of changes at those of the stage `batch`,
each once. All that apply are prepared first, then done in their order.

A scrip that fails never stops the change. What was done, skipped and failed, and why, is kept for each transaction;
*Administration, Scrip failures* lists the failures.

Scrips are made and changed under *Administration, Scrips*: [automation.md](automation.md) goes through that page, and
[templates.md](templates.md) through the one of templates. What a new database starts with comes from
`etc/initialdata.toml`. It is read once, by `rtpy init` or the first `rtpy up`. Further kinds of conditions and actions
come from plugins ([hooks](../extending/hooks.md)).
"""

_TEMPLATES_INTRODUCTION = """\
A template has header lines, an empty line and a text. Both are written in
[Liquid](https://shopify.github.io/liquid/): `{{ ticket.subject }}`, `{% if last_reply.text %}…{% endif %}`.

Header lines that count: `Subject`; `Content-Type` (`text/html`, or `multipart/alternative` for a text with an HTML
twin); `RT-Attach-Message: yes` to send the files along; `Reply-To`, `Precedence`, `X-Priority`, `Importance`; others
that begin with `X-`. An empty text sends nothing. Templates cannot run programs, include other templates, or see what
was said in a comment when the mail is not about that comment.
"""


def _fields() -> str:
    parts = ["# Fields of searches\n", MADE, _FIELDS_INTRODUCTION]
    for title, fields in SEARCHED.items():
        rows = [
            (_codes((each.name, *each.aliases)), _codes(_operators(each)), _CODED.sub(r"`\g<0>`", each.help))
            for each in dict.fromkeys(fields)
            if each.operators
        ]
        parts += [f"## {title}\n", _table(("field", "operators", "what it asks"), rows)]
    return "\n".join(parts)


def _operators(field: SearchField) -> Sequence[str]:
    """The positive ones, as one learns them."""
    return [each.value for each in field.operators if not each.is_negative or each is Operator.IS_NOT]


def _codes(names: Iterable[str]) -> str:
    return " ".join(f"`{each}`" for each in names)


_CODED = re.compile(r"__\w+?__")
_FIELDS_INTRODUCTION = (
    "How to write queries: [Finding tickets](search.md). Each operator has its opposite (`!=`, `NOT LIKE` …), and `=`\n"
    "has `IN (…)`. Plugins may bring more fields of tickets.\n"
)


def _kind(name: str, kind: ConditionKind | ActionKind) -> tuple[str, str, str]:
    return name, kind.help, kind.argument


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return (
        "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
        + "\n"
    )


if __name__ == "__main__":
    main()
