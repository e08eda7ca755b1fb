"""A70: no address of REST 2.0 or 1.0 tells a secret, whatever fields are asked for."""

import pytest
from sqlalchemy import select

from rtpy.models import AuthToken, FeedKey, User, WebSession
from tests.attacks.test_rest_hostile import addresses, place  # noqa: F401
from tests.rest1.conftest import Program as Rest1
from tests.rest2.conftest import api_of, root  # noqa: F401
from tests.web.conftest import compiled_templates  # noqa: F401

ASKED = (
    "Password,AuthToken,password_hash,PasswordHash,secret_hash,SecretHash,key_hash,token_hash,csrf_token,Token,Secret,"
    "Name,EmailAddress,Comments,Signature"
)
MARK = "f00d" * 16


@pytest.fixture
def marked(db, app, root):  # noqa: F811
    """Everything secret of root's has the mark in it; what is asked with is a token that was made before."""
    person = db.scalar(select(User).where(User.name == "root"))
    person.password_hash = f"$argon2id$v=19${MARK}"
    now = app.clock.now()
    db.add(FeedKey(user_id=person.id, key_hash=MARK, name="calendar", created=now))
    db.add(
        AuthToken(
            user_id=person.id,
            creator_id=person.id,
            secret_hash=MARK,
            name="another",
            level="admin",
            created=now,
            last_used=now,
            last_peer="",
        )
    )
    db.add(
        WebSession(
            user_id=person.id, token_hash=MARK, csrf_token=MARK, created=now, seen=now, expires=now, data={}
        )
    )
    db.flush()


def test_a70_no_answer_holds_a_secret(wsgi, place, root, marked):  # noqa: F811
    told, answered = [], 0
    for route, path in addresses(wsgi, place):
        if "GET" not in route.resource.methods:
            continue
        for query in (
            "",
            f"?fields={ASKED}&per_page=100&find_disabled_rows=1",
            f"?fields=Creator&fields[Creator]={ASKED}",
        ):
            answer = root("GET", path + query)
            answered += answer.status == 200
            if MARK.encode() in answer.data:
                told.append(path + query)
    assert told == []
    assert answered > 100


def test_a70_rest_1_0_tells_none_either(wsgi, root, marked):  # noqa: F811
    old = Rest1(wsgi, root.authorization)
    paths = ("user/root", "user/root?format=l", f"user/root?fields={ASKED}", "search/user?query=&format=l")
    answers = [old(path).whole for path in paths]
    assert [path for path, text in zip(paths, answers, strict=True) if MARK in text] == []
    assert "EmailAddress" in answers[1]


@pytest.mark.parametrize("field", ["Password", "password_hash", "PasswordHash"])
def test_a70_no_search_can_ask_for_a_password(root, marked, field):  # noqa: F811
    found = root("POST", "users", [{"field": field, "operator": "LIKE", "value": MARK[:4]}]).json
    everybody = root("GET", "users").json
    assert found["total"] in (0, everybody["total"])
