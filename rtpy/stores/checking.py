"""Looking whether all bytes are there and undamaged."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from rtpy.app import App
from rtpy.errors import NotFound, Unavailable
from rtpy.models import Blob

TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of one file: `problem` is empty, `missing`, `damaged` or `unreachable`."""

    sha256: str
    problem: str = ""


def count_files(app: App) -> int:
    """How many there are, words of messages among them."""
    with app.work(reading=True) as work:
        return work.db.scalar(select(func.count()).select_from(Blob)) or 0


def look_at_all(app: App, *, sample: int | None = None) -> Iterator[Looked]:
    """Read and verify each, or `sample` of them chosen by chance, one after the other."""
    hashes = _all(app) if sample is None else _some(app, sample)
    while some := list(itertools.islice(hashes, TOGETHER)):
        with app.work(reading=True) as work:
            for sha256 in some:
                problem = ""
                try:
                    work.app.blobs.get(work.db, sha256)
                except NotFound:
                    problem = "missing"
                except Unavailable:
                    problem = "unreachable"
                except OSError:
                    problem = "damaged"
                yield Looked(sha256, problem)


def _all(app: App) -> Iterator[str]:
    last = ""
    while True:
        with app.work(reading=True) as work:
            query = select(Blob.sha256).where(Blob.sha256 > last).order_by(Blob.sha256).limit(1000)
            some = work.db.scalars(query).all()
        if not some:
            return
        yield from some
        last = some[-1]


def _some(app: App, sample: int) -> Iterator[str]:
    with app.work(reading=True) as work:
        chosen = work.db.scalars(select(Blob.sha256).order_by(func.random()).limit(sample)).all()
    yield from chosen
