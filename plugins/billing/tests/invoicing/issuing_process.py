"""Issues the drafts whose ids are given, one transaction each; a process of its own, which a test may kill."""

import sys
from pathlib import Path

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.config.config import Config
from rtpy.work import Actor, Face
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.models import Invoice


def main(home: str, url: str, user_id: str, *ids: str) -> None:
    config = Config.for_tests(Path(home), database__url=url, plugins=["billing"])
    app = App(config, blobs=DatabaseStore())
    actor = Actor(int(user_id), "root", Face.WEB)
    for id_ in ids:
        with app.work(actor) as work:
            draft = work.db.get_one(Invoice, int(id_))
            print(issue(work, draft, draft.version, f"{draft.total / 100:.2f}").number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
