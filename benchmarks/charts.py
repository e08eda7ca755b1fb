"""Charts of 100,000 tickets: by status, by person, by date in the reader's zone, and medians of times."""

import time
from zoneinfo import ZoneInfo

from common import arguments, fresh_app, kinds
from loader import END, load

from rtpy.app import App
from rtpy.clock import SettableClock
from rtpy.search.charting.charted import charted
from rtpy.search.language.parser import parse
from rtpy.search.run import Search
from rtpy.search.saved import ChartChoice
from rtpy.work import Face

GOAL = 300.0
"""Milliseconds for the first of them."""
CHARTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("", ("Status",), "count"),
    ("", ("Queue", "Status"), "count"),
    ("", ("Owner",), "average:Created-Resolved"),
    ("", ("Requestor",), "count"),
    ("", ("Organization",), "median:Created-Resolved"),
    ("", ("Created.Monthly",), "count"),
    ("Created > '3 months ago'", ("Created.Daily", "Queue"), "count"),
    ("Created > '3 months ago'", ("Queue",), "median:Created-FirstAnswer"),
    ("Created > '3 months ago'", ("Queue",), "p90:InStatus.open"),
)


def main() -> None:
    """Fill each database and print the median of each chart."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    options = parser.parse_args()
    for kind in kinds(options.on):
        print(f"Charts on {kind}:")
        with fresh_app(kind) as app:
            app.clock = SettableClock(END)
            load(app, options.tickets, say=lambda _: None)
            measure(app)


def measure(app: App) -> None:
    """Each chart as root and as an ordinary member of staff, in milliseconds."""
    for query, groups, measure_ in CHARTS:
        told = []
        for name in ("root", "tech1"):
            with app.work(reading=True) as work:
                mine = work.as_actor(app.actor_named(work.db, name, Face.WEB))
                search = Search(node=parse(query).node, zone=ZoneInfo("Europe/Berlin"))
                times = []
                for _ in range(5):
                    began = time.perf_counter()
                    charted(mine, search, ChartChoice((measure_,), groups))
                    times.append((time.perf_counter() - began) * 1000)
                told.append(sorted(times)[2])
        print(
            f"  {measure_} by {', '.join(groups)}{f' of {query}' if query else ''}: "
            f"{told[0]:.0f} ms as root, {told[1]:.0f} ms as staff"
        )
        if (query, groups) == ("", ("Status",)):
            print(f"    {'within' if max(told) <= GOAL else 'OVER'} the goal of {GOAL:.0f} ms")


if __name__ == "__main__":
    main()
