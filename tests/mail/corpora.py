"""Where the mail corpora lie: real and hard mails of other projects, beside the checkout, never inside it."""

import csv
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CORPORA = Path(os.environ.get("RTPY_CORPORA", Path(__file__).parents[3] / "shared" / "corpora")) / "mail"


@cache
def listed() -> list[tuple[str, str, Path]]:
    """Folder, kind and file of every entry; empty where the corpora are not."""
    manifest = CORPORA / "manifest.tsv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8") as lines:
        return [
            (row["folder"], row["kind"], CORPORA / row["folder"] / row["path"])
            for row in csv.DictReader(lines, delimiter="\t")
        ]


def folders() -> list[str]:
    """The folders with mails or bounces; a stand-in where there are none, so that the tests say why."""
    return sorted({folder for folder, kind, _ in listed() if kind in ("mail", "bounce")}) or ["corpora"]


def mails_of(folder: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each mail and bounce of a folder."""
    for name, kind, path in listed():
        if name == folder and kind in ("mail", "bounce"):
            yield str(path.relative_to(CORPORA)), path.read_bytes()


def need_corpora() -> None:
    """Skip where the corpora are not; fail there in CI."""
    if listed():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"The mail corpora are missing in {CORPORA}")
    pytest.skip(f"The mail corpora are not in {CORPORA}; set RTPY_CORPORA")
