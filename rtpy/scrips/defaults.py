"""The scrips, conditions, actions and templates of a fresh installation, read from etc/initialdata.toml."""

import tomllib
from typing import Any

from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Scrip, ScripAction, ScripCondition, ScripQueue, Template
from rtpy.paths import find_etc


def load_defaults(db: Session, app: App) -> None:
    """Put the first scrips into an empty database; commits nothing.

    Raises KeyError when the file names a condition, an action or a field that is not there.
    """
    with (find_etc(app.config) / "initialdata.toml").open("rb") as file:
        data = tomllib.load(file)
    conditions = {row["name"]: _condition(row) for row in data["conditions"]}
    actions = {row["name"]: _action(row) for row in data["actions"]}
    db.add_all([*conditions.values(), *actions.values()])
    db.add_all(template for row in data["templates"] for template in _templates(row))
    db.flush()  # scrips point at conditions and actions
    for order, row in enumerate(data["scrips"], start=1):
        scrip = Scrip(
            description=row["description"],
            condition_id=conditions[row["condition"]].id,
            action_id=actions[row["action"]].id,
            template_name=row["template"],
            condition_argument=row.get("condition_argument", ""),
            action_argument=row.get("action_argument", ""),
            transaction_types=row.get("types", ""),
        )
        db.add(scrip)
        db.flush()  # its place in the order points at it
        db.add(ScripQueue(scrip_id=scrip.id, stage=row.get("stage", "create"), sort_order=order))
    db.flush()  # whoever comes next finds everything


def _condition(row: dict[str, Any]) -> ScripCondition:
    return ScripCondition(
        name=row["name"],
        description=row["description"],
        kind=row["kind"],
        argument=row.get("argument", ""),
        transaction_types=row["types"],
    )


def _action(row: dict[str, Any]) -> ScripAction:
    return ScripAction(
        name=row["name"], description=row["description"], kind=row["kind"], argument=row.get("argument", "")
    )


def _templates(row: dict[str, Any]) -> list[Template]:
    """The template as text, and as RT names them a second one “in HTML”."""
    plain = Template(name=row["name"], description=row["description"], content=row["content"])
    if not row.get("html", True):
        return [plain]
    content = "Content-Type: multipart/alternative\n" + row["content"]
    both = Template(
        name=f"{row['name']} in HTML", description=f"{row['description']} (text and HTML)", content=content
    )
    return [plain, both]
