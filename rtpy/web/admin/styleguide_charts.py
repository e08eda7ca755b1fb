"""The chart of the style guide: invented numbers, drawn as the search page draws them."""

from rtpy.charts.chart import Chart, Series, Shape
from rtpy.charts.draw import draw
from rtpy.web.forms import Option
from rtpy.web.html import Html
from rtpy.web.staff.search.charting import ChartForm, ChartPart, ShownCell

MONTHS = ("Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026")
NUMBERS = {"Support": (12, 19, 7, 15), "Network": (4, 2, 9, 6), "Projects": (3, 0, 5, 8)}
TITLE = "Tickets by Created (months) and Queue"
CHART = ChartPart(
    form=ChartForm(
        kept=(("show", "chart"),),
        first=[("Created", [Option("Created.Monthly", "Created.Monthly", True)])],
        second=[("Tickets", [Option("Queue", "Queue", True)])],
        statistics=(Option("count", "Number of tickets", True),),
        subjects=(Option("", "—", True), Option("TimeWorked", "Time worked")),
        shapes=(Option("stacked", "Stacked columns", True),),
    ),
    title=TITLE,
    caption=f"{TITLE}; 90 tickets in all",
    drawing=Html(
        draw(
            Chart(
                TITLE,
                MONTHS,
                tuple(Series(name, values, ("#",) * 4) for name, values in NUMBERS.items()),
                "Created (months)",
                "Tickets",
            ),
            Shape.STACKED,
        )
    ),
    headings=("Created (months)", *NUMBERS, "Total"),
    rows=tuple(
        (
            month,
            (
                *(ShownCell(str(values[at]), "#" if values[at] else "") for values in NUMBERS.values()),
                ShownCell(str(sum(values[at] for values in NUMBERS.values()))),
            ),
        )
        for at, month in enumerate(MONTHS)
    ),
    totals=(*(ShownCell(str(sum(values))) for values in NUMBERS.values()), ShownCell("90")),
    notes=("12 months are shown; what lies before and after them stands together as others.",),
)
