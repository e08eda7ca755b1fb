"""An upgrade of a database with many transactions: how long it takes, what a kill costs, what the site feels (P13).

    python benchmarks/upgrade.py --transactions 1000000

On a PostgreSQL server of its own, which vanishes afterwards. Revisions of a made-up plugin read every transaction in
batches, fill a column in, and build an index; the upgrade is killed half-way and started again, beside a web server
that is asked for a page all the time.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from common import PASSWORD
from sqlalchemy import Engine, text

from rtpy.db.session import make_engine
from rtpy.migrations.lines import CORE, Line
from rtpy.migrations.planning import plan
from rtpy.migrations.revisions import after
from rtpy.migrations.run import downgrade_connection, upgrade
from rtpy.migrations.standing import standing_of
from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import throwaway_postgres

OLDER = "0026"
HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\nfrom rtpy.migrations import steps\n\n"
STORY = (
    (
        "Make the table",
        "",
        'op.create_table("marks_of", sa.Column("id", sa.BigInteger(), primary_key=True), '
        'sa.Column("word", sa.String(40)))',
    ),
    (
        "Note each transaction",
        "outside = True",
        'steps.backfill("transactions", "INSERT INTO marks_of (id, word) SELECT id, type FROM transactions "\n'
        '        "WHERE id > :low AND id <= :high", batch=5000)',
    ),
    ("Room for a length", "", 'op.add_column("marks_of", sa.Column("length", sa.Integer()))'),
    (
        "Fill it in",
        "outside = True",
        'steps.backfill("marks_of", "UPDATE marks_of SET length = length(word) + coalesce(length, 0) "\n'
        '        "WHERE id > :low AND id <= :high", batch=5000)',
    ),
    (
        "Find them by it",
        "outside = True",
        'steps.index_concurrently("ix_marks_of_length", "marks_of", ["length"])',
    ),
)
UPGRADE = """
import sys
from pathlib import Path
from rtpy.db.session import make_engine
from rtpy.migrations.lines import Line
from rtpy.migrations.patience import Patience
from rtpy.migrations.run import upgrade

say = lambda sentence: print("    " + sentence, flush=True)
upgrade(make_engine(sys.argv[1]), [Line("marks", Path(sys.argv[2]))], patience=Patience(say=say))
"""


def main() -> None:
    """All of it, with the figures on standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transactions", type=int, default=1_000_000)
    count = parser.parse_args().transactions
    with tempfile.TemporaryDirectory(prefix="rtpy-bench-") as top:
        place = Path(top)
        place.chmod(0o755)
        with (
            throwaway_postgres(place) as url,
            running_site(place / "site", password=PASSWORD, database_url=url) as site,
        ):
            engine = make_engine(url)
            _fill(engine, count)
            _core(engine)
            site.start("serve")
            upgrade(engine, [_line(place, 1)])
            _plugin(engine, url, _line(place, len(STORY)), site, count)
            engine.dispose()


def _fill(engine: Engine, count: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO transactions (object_type, object_id, type, creator_id, created, old_value, new_value, "
                "data, face) "
                "SELECT 'ticket', 1 + n / 20, (ARRAY['Create','Correspond','Comment','Set','Status'])[1 + n % 5], 1, "
                "now() - n * interval '1 second', '', 'resolved', '', 'web' FROM generate_series(1, :count) AS n"
            ),
            {"count": count},
        )
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE transactions"))
    print(f"{count:,} transactions")


def _core(engine: Engine) -> None:
    with engine.begin() as connection:
        downgrade_connection(connection, OLDER)
    with engine.connect() as connection:
        number = len(after(CORE, OLDER))
        assert len(standing_of(connection, CORE).pending) == number
        connection.rollback()
    began = time.monotonic()
    upgrade(engine)
    print(f"core from {OLDER}, {number} revisions: {time.monotonic() - began:.1f} s")


def _plugin(engine: Engine, url: str, line: Line, site: RunningSite, count: int) -> None:
    with engine.connect() as connection:
        print(f"planned: {sum(each.seconds or 0 for each in plan(connection, [line])):.0f} s")
        connection.rollback()
    took: list[float] = []
    stop = threading.Event()
    asker = threading.Thread(target=_ask, args=(site.url, took, stop))
    asker.start()
    command = [sys.executable, "-c", UPGRADE, url, str(line.versions)]
    began = time.monotonic()
    first = subprocess.Popen(command, env=os.environ)
    while _position(engine) < count / 2 and first.poll() is None:
        time.sleep(0.1)
    first.send_signal(signal.SIGKILL)
    print(
        f"killed at {_position(engine):,} after {time.monotonic() - began:.1f} s (ended with {first.wait()})"
    )
    again = time.monotonic()
    assert subprocess.run(command, check=False).returncode == 0
    print(f"the rest: {time.monotonic() - again:.1f} s")
    stop.set()
    asker.join()
    with engine.connect() as connection:
        rows, wrong = connection.execute(
            text(
                "SELECT count(*), count(*) FILTER (WHERE length IS DISTINCT FROM length(word)) FROM marks_of"
            )
        ).one()
        steps = connection.execute(text("SELECT count(*) FROM schema_steps")).scalar()
        made = connection.execute(text("SELECT count(*) FROM transactions")).scalar()
    assert (rows, wrong, steps) == (made, 0, 0), (rows, made, wrong, steps)
    took.sort()
    print(
        f"pages meanwhile: {len(took)}, median {statistics.median(took) * 1000:.0f} ms, "
        f"95 % {took[int(len(took) * 0.95)] * 1000:.0f} ms, slowest {took[-1] * 1000:.0f} ms"
    )


def _ask(url: str, took: list[float], stop: threading.Event) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while not stop.is_set():
        began = time.monotonic()
        with opener.open(f"{url}/login", timeout=60) as answer:
            assert answer.status == 200
        took.append(time.monotonic() - began)
        time.sleep(0.05)


def _position(engine: Engine) -> int:
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT position FROM schema_steps WHERE name = 'transactions'")
        ).scalar()
        connection.rollback()
    return int(found or 0)


def _line(place: Path, until: int) -> Line:
    folder = place / f"marks-{until}" / "versions"
    folder.mkdir(parents=True)
    for number, (sentence, words, body) in enumerate(STORY[:until], 1):
        before = f'"{number - 1:04}"' if number > 1 else "None"
        (folder / f"{number:04}.py").write_text(
            f'"""{sentence}."""\n\n{HEAD}revision = "{number:04}"\ndown_revision = {before}\nkind = "expand"\n'
            f"{words}\n\n\ndef upgrade():\n    {body}\n"
        )
    return Line("marks", folder)


if __name__ == "__main__":
    main()
