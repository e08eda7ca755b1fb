"""Figures that plugins keep an eye on over backups and copies."""

import pytest
from sqlalchemy import text

from rtpy.backups.figures import vital_figures


def test_rtpy_vital_figures_stand_under_the_name_of_their_plugin(work):
    from rtpy_budget.allowances import allow  # there once the sample is installed

    before = int(vital_figures(work)["budget: allowed minutes"])
    allow(work, work.actor.user_id, 25)
    assert int(vital_figures(work)["budget: allowed minutes"]) != before
    assert vital_figures(work)["tickets"] == "0"


@pytest.mark.parametrize("statement", ["SELECT nonsense", "SELECT 1/0"])
def test_rtpy_vital_figures_that_cannot_be_had_cost_no_backup(work, monkeypatch, statement):
    monkeypatch.setattr("rtpy_budget.health.vital", lambda db: {"x": db.scalar(text(statement)) or 1 / 0})
    assert [name for name in vital_figures(work) if name.startswith("budget")] == []
    assert work.db.scalar(text("SELECT 1")) == 1
