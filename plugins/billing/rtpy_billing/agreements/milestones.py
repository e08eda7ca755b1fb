"""Milestones of a fixed price, as people write them: one a line, `Design; 2500; 2026-05-01`."""

from collections.abc import Mapping
from datetime import date

from rtpy_billing.money import plain, read_amount
from rtpy_billing.typed import Typed

MOST = 60


def read_milestones(typed: Typed, currency: str, before: object) -> list[dict[str, object]]:
    """Each with `name`, `amount`, `on` (ISO date or None) and `accepted` (ISO date or None, kept by the name)."""
    accepted = (
        {str(each["name"]): each.get("accepted") for each in before or () if isinstance(each, Mapping)}
        if isinstance(before, list)
        else {}
    )
    found: list[dict[str, object]] = []
    for line in typed.long_text("milestones").splitlines()[: MOST + 1]:
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split(";")]
        name, amount = " ".join(parts[0].split())[:200], parts[1] if len(parts) > 1 else ""
        on = parts[2] if len(parts) > 2 else ""
        try:
            found.append(
                {
                    "name": name,
                    "amount": read_amount(amount, currency),
                    "on": date.fromisoformat(on).isoformat() if on else None,
                    "accepted": accepted.get(name),
                }
            )
        except ValueError:
            typed.wrong("milestones", f"“{line.strip()[:60]}” is no milestone: write Name; amount; date.")
    if len({str(each["name"]) for each in found}) != len(found):
        typed.wrong("milestones", "Two milestones have the same name.")
    if not found and not any(problem.field == "milestones" for problem in typed.problems):
        typed.wrong("milestones", "Give at least one milestone: Name; amount; date.")
    if len(found) > MOST or any(int(str(each["amount"])) < 0 for each in found):
        typed.wrong("milestones", f"At most {MOST} milestones, none below zero.")
    return found


def milestones_text(details: Mapping[str, object] | None, currency: str) -> str:
    """As `read_milestones` reads them."""
    milestones = (details or {}).get("milestones")
    lines = []
    for each in milestones if isinstance(milestones, list) else ():
        parts = [str(each["name"]), plain(int(each["amount"]), currency), each.get("on") or ""]
        lines.append("; ".join(part for part in parts if part))
    return "\n".join(lines)
