"""A request sent twice with one Idempotency-Key is done once."""

from datetime import timedelta

from sqlalchemy import func, select

from rtpy.models import Group, RepeatedRequest

KEY = {"Idempotency-Key": "order-7"}


def groups(db, name):
    return db.scalar(select(func.count()).select_from(Group).where(Group.name == name))


def test_the_second_gets_the_answer_of_the_first(root, db):
    first = root("POST", "group", {"Name": "Night"}, headers=KEY)
    second = root("POST", "group", {"Name": "Night"}, headers=KEY)
    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    assert first.headers["Location"] == second.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert groups(db, "Night") == 1


def test_a_key_is_for_one_request_of_one_person(root, jo, db):
    root("POST", "group", {"Name": "Night"}, headers=KEY)
    other = root("POST", "group", {"Name": "Day"}, headers=KEY)
    assert other.status == 422
    assert "another request" in other.message
    assert jo("POST", "group", {"Name": "Night"}, headers=KEY).status in (400, 403)
    assert groups(db, "Day") == 0


def test_what_was_refused_may_be_tried_again(root, db):
    assert root("POST", "group", {"Name": ""}, headers=KEY).status == 400
    assert root("POST", "group", {"Name": "Night"}, headers=KEY).status == 201
    assert groups(db, "Night") == 1


def test_answers_are_kept_for_a_day(root, db, clock):
    root("POST", "group", {"Name": "Night"}, headers=KEY)
    clock.advance(timedelta(hours=25))
    again = root("POST", "group", {"Name": "Night"}, headers=KEY)
    assert again.status == 400
    root("POST", "group", {"Name": "Day"}, headers={"Idempotency-Key": "b"})
    assert db.scalar(select(func.count()).select_from(RepeatedRequest)) == 1


def test_a_key_without_end_is_refused(root):
    answer = root("POST", "group", {"Name": "Night"}, headers={"Idempotency-Key": "x" * 300})
    assert answer.status == 400
