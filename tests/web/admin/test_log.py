"""The log of configuration: who changed what, with the values before and after."""

import pytest
from sqlalchemy import select

from rtpy.changes.configuring import note_configuration
from rtpy.models import ConfigChange
from rtpy.work import Work


def _rows(work: Work) -> list[ConfigChange]:
    work.db.flush()
    return list(work.db.scalars(select(ConfigChange).order_by(ConfigChange.id)))


def test_only_what_differs_is_kept(work: Work) -> None:
    note_configuration(
        work, "queue", 7, "Support", {"name": "Support", "tag": ""}, {"name": "Support", "tag": "s"}
    )
    (row,) = _rows(work)
    assert (row.action, row.before, row.after) == ("change", {"tag": ""}, {"tag": "s"})


def test_nothing_is_kept_when_nothing_differs(work: Work) -> None:
    note_configuration(work, "queue", 7, "Support", {"tag": ""}, {"tag": ""})
    assert _rows(work) == []


@pytest.mark.parametrize(
    ("before", "after", "action"), [(None, {"tag": "s"}, "create"), ({"tag": "s"}, None, "delete")]
)
def test_making_and_deleting_keep_everything(
    work: Work, before: dict[str, object] | None, after: dict[str, object] | None, action: str
) -> None:
    note_configuration(work, "queue", 7, "Support", before, after)
    (row,) = _rows(work)
    assert (row.action, row.before, row.after) == (action, before or {}, after or {})


def test_secrets_are_masked(work: Work) -> None:
    note_configuration(work, "directory", None, "ad", {"password": "first"}, {"password": "second"})
    (row,) = _rows(work)
    assert (row.before, row.after) == ({"password": "********"}, {"password": "********"})


def test_the_page_shows_who_changed_what(root, work: Work) -> None:
    note_configuration(work, "queue", 7, "Support", {"tag": "before-tag"}, {"tag": "after-tag"})
    work.db.flush()
    page = root.get("/admin/log?q=support").text
    assert "changed the queue Support" in page
    assert "before-tag" in page
    assert "after-tag" in page
    assert "changed the queue" not in root.get("/admin/log?q=other").text
