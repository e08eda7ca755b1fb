"""What a plugin says to the tools for data: what goes when somebody is shredded or forgotten, and what must fit."""

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from rtpy.errors import Refused
from rtpy.personal.anonymise import anonymise, preview
from rtpy.personal.export import export_person
from rtpy.shredding.dump import read_dump
from rtpy.shredding.plan import Plan
from rtpy.shredding.shred import plan_user, shred
from rtpy.shredding.undo import undo
from rtpy.validating.running import check, resolve


@pytest.fixture
def allowances(db, make, work_of):
    """Ann has given Bo some minutes; somebody newer is there."""
    from rtpy_budget.allowances import allow

    ann, bo = make.staff("ann"), make.staff("bo")
    make.grant(ann, "SuperUser")
    allow(work_of("ann"), bo.id, 40)
    make.staff("newest")
    return ann, bo


def minutes_of(db, user_id):
    from rtpy_budget.models import Allowance

    return db.scalar(select(Allowance.minutes).where(Allowance.user_id == user_id))


def test_rtpy_shred_adds_rows_that_come_back_with_the_dump(db, work, allowances):
    ann, bo = allowances[0].id, allowances[1].id
    plan = plan_user(work, allowances[0], db.get(type(allowances[0]), work.actor.user_id))
    dump = shred(work, plan, "user ann")
    assert minutes_of(db, bo) is None
    undo(work, read_dump(dump))
    assert minutes_of(db, bo) == 40
    assert db.get(type(allowances[0]), ann).name == "ann"


def test_rtpy_shred_says_why_something_must_stay(db, work, allowances):
    from rtpy_budget.allowances import allow

    allow(work, allowances[1].id, 2000)
    with pytest.raises(Refused, match="more than 1000 minutes is needed"):
        plan_user(work, allowances[1], allowances[0])
    assert isinstance(plan_user(work, allowances[0], allowances[1]), Plan)


def test_rtpy_personal_data_is_given_out_shown_and_dropped(db, work, allowances):
    bo = allowances[1]
    out = io.BytesIO()
    export_person(work, bo, out)
    told = json.loads(zipfile.ZipFile(out).read("person.json"))
    assert told["stored"]["allowances"] == [{"minutes": 40}]
    assert (1, "allowances", "are deleted") in {(x.rows, x.what, x.becomes) for x in preview(work, bo).lines}
    number = bo.id
    anonymise(work, bo, "bo@staff.example")
    assert minutes_of(db, number) is None


def test_rtpy_validations_are_asked_and_repaired(app, db, work, allowances):
    from rtpy_budget.allowances import allow

    bo = allowances[1].id
    allow(work, bo, -5)
    db.commit()
    found = {each.validation.name: each.found for each in check(app)}
    assert (found["budget.negative"].count, found["budget.negative"].examples) == (1, (f"user {bo}",))
    list(resolve(app, lambda finding: finding.validation.name == "budget.negative"))
    db.expire_all()
    assert minutes_of(db, bo) == 0
