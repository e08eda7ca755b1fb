"""What the benchmarks share: databases to run on, processor time, and how figures are printed."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import Clock
from rtpy.config.config import Config
from rtpy.initialdata.brought import give_first_data
from rtpy.migrations.run import upgrade
from rtpy.setup import initialise
from rtpy.testing.servers import throwaway_postgres

PASSWORD = "benchmark benchmark"


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser with the options that all benchmarks know."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--on", choices=("sqlite", "postgresql", "both"), default="both", help="database")
    return parser


def kinds(on: str) -> tuple[str, ...]:
    """The databases to run on."""
    return ("sqlite", "postgresql") if on == "both" else (on,)


@contextmanager
def fresh_app(kind: str, *, plugins: Sequence[str] = (), clock: Clock | None = None) -> Iterator[App]:
    """An app on an empty, initialised database that vanishes afterwards; with `plugins` and their tables."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rtpy-bench-")))
        url = f"sqlite:///{home}/rtpy.db"
        if kind == "postgresql":
            home.chmod(0o755)
            url = stack.enter_context(throwaway_postgres(home))
        config = Config.for_tests(home, database__url=url, plugins=list(plugins))
        app = App(config, blobs=DatabaseStore(), clock=clock)
        stack.callback(app.engine.dispose)
        upgrade(app.engine, app.lines)
        initialise(app, PASSWORD)
        give_first_data(app)
        yield app


def processor_ms(deed: Callable[[], object], *, rounds: int, batch: int = 1) -> list[float]:
    """Milliseconds of this process's processor time for one `deed`, measured `rounds` times over `batch` of them."""
    figures = []
    for _ in range(rounds):
        before = time.process_time()
        for _ in range(batch):
            deed()
        figures.append((time.process_time() - before) * 1000 / batch)
    return figures


def show(name: str, figures: list[float]) -> float:
    """Print minimum and median; returns the median."""
    median = statistics.median(figures)
    print(f"  {name:<46} {min(figures):8.2f} ms min  {median:8.2f} ms median")
    return median


def show_ratio(what: str, over: list[float], under: list[float], goal: float) -> None:
    """Print how many times as much `over` is as `under`, by medians and by minima."""
    ratio = statistics.median(over) / statistics.median(under)
    best = min(over) / min(under)
    verdict = "within" if ratio <= goal else "OVER"
    print(f"  {what}: {ratio:.2f} times by median, {best:.2f} by minimum ({verdict} the goal of {goal:g})")
