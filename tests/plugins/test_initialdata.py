"""First data of plugins, given once, and their sections of set-up files."""

from dataclasses import replace

import pytest

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.errors import Invalid
from rtpy.initialdata.brought import MARK, InitialData, give_first_data, sections_of
from rtpy.initialdata.reading import load, parse
from rtpy.initialdata.writing import as_data
from rtpy.models import Configuration

TOM = '[[budget_allowances]]\nperson = "tom"\nminutes = 15\n'


def allowances(work):
    return as_data(work, sections_of(work.app)).get("budget_allowances")


def test_rtpy_initialdata_is_given_once_and_anew_when_it_was_forgotten(app, work, db, monkeypatch):
    assert allowances(work) == [{"person": "root"}]
    assert give_first_data(app) == []
    db.delete(db.get(Configuration, f"{MARK}budget"))
    db.commit()
    assert give_first_data(app) == ["budget"]


def test_rtpy_initialdata_that_breaks_is_tried_again(app, work, db, monkeypatch):
    def fail(work):
        raise RuntimeError("no")

    db.delete(db.get(Configuration, f"{MARK}budget"))
    db.commit()
    monkeypatch.setattr("rtpy_budget.setup.DATA", InitialData(fail))
    with pytest.raises(RuntimeError, match="no"):
        give_first_data(app)
    assert db.get(Configuration, f"{MARK}budget") is None


def test_rtpy_initialdata_has_sections_in_set_up_files(app, work, make):
    make.staff("tom")
    sections = sections_of(app)
    assert [step.deed for step in load(work, parse(TOM, sections), sections)] == ["make"]
    assert [step.deed for step in load(work, parse(TOM, sections), sections)] == ["keep"]
    assert {"person": "tom", "minutes": 15} in allowances(work)
    with pytest.raises(Invalid, match=r"budget_allowances: zoe.*There is nobody named zoe"):
        load(work, parse(TOM.replace("tom", "zoe"), sections), sections)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("allowances", "it must be budget_NAME"), ("budget_allowances", "which is there already")],
)
@pytest.mark.databases("sqlite")  # nothing is asked of it
def test_rtpy_initialdata_with_a_section_that_is_not_its_own_is_refused(config, monkeypatch, name, sentence):
    from rtpy_budget import setup

    wrong = replace(setup.ALLOWANCES, name=name)
    monkeypatch.setattr(setup, "DATA", InitialData(sections=(setup.ALLOWANCES, wrong)))
    with pytest.raises(Invalid, match=sentence):
        sections_of(App(config, blobs=DatabaseStore()))
