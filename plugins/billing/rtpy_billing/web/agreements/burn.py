"""The burn-down of a balance as a drawing."""

from datetime import date

from rtpy.charts.chart import Chart, Series, Shape
from rtpy.charts.draw import draw
from rtpy.web.html import Html
from rtpy_billing.balances.kinds import UNITS, LineKind
from rtpy_billing.balances.present import Balance
from rtpy_billing.ledgers.burn_down import burn_down
from rtpy_billing.ledgers.values import Unit
from rtpy_billing.models import AgreementLine
from rtpy_billing.money import exponent

DAYS_BEFORE, DAYS_AFTER = 84, 42


def draw_burn_down(line: AgreementLine, balance: Balance, today: date, currency: str) -> Html:
    """The last twelve weeks and the next six; nothing where there is nothing to see."""
    begun = min((movement.worked_on for movement in balance.drawn.movements), default=today)
    if begun >= today:
        return Html("")
    start = max(begun, date.fromordinal(today.toordinal() - DAYS_BEFORE))
    end = date.fromordinal(today.toordinal() + DAYS_AFTER)
    points = burn_down(balance.drawn, start, today, end)
    unit = UNITS[LineKind(line.kind)]
    # Floats only for the drawing.
    scale = {Unit.SECONDS: 3600, Unit.MONEY: 10 ** exponent(currency), Unit.INCIDENTS: 1}[unit]
    chart = Chart(
        f"What is left of {line.name}",
        tuple(point.day.strftime("%d %b") for point in points),
        (
            Series("Left", tuple(None if point.left is None else point.left / scale for point in points)),
            Series(
                "Forecast",
                tuple(None if point.forecast is None else point.forecast / scale for point in points),
            ),
        ),
        "Day",
        {Unit.SECONDS: "Hours", Unit.MONEY: currency, Unit.INCIDENTS: "Incidents"}[unit],
    )
    return Html(draw(chart, Shape.LINES))
