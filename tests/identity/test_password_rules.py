"""Which passwords may be chosen."""

from hashlib import sha1

import pytest

from rtpy.config import Config
from rtpy.errors import Invalid
from rtpy.identity.password_rules import check_password
from rtpy.models import User

ANN = User(name="ann", real_name="Ann Miller", nick_name="", email_address="ann.miller@client.example")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "fünf graue Nashörner",
        "x9$Kq!v0-Zr7",
        "Summer rain falls on the moss",
        " leading and trailing ",
        "a" * 20 + "bcxyqz!?" + "9",
        "密码是一个很长的句子没人知道吧",
    ],
)
def test_long_and_rare_ones_are_taken_whatever_they_are_made_of(password, tmp_path):
    check_password(Config.for_tests(tmp_path), password, ANN)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("x9$Kq!v0-Zr", "12 to"),
        ("y" * 1025, "12 to"),
        ("aaaaaaaaaaaaaaaa", "easily guessed"),
        ("abababababababab", "easily guessed"),
        ("password12345678", "easily guessed"),
        ("PasswordPassword1", "easily guessed"),
        ("qwertyuiop12345", "easily guessed"),
        ("0987654321qwerty", "easily guessed"),
        ("AnnMiller2026", "easily guessed"),
        ("client.example!1", "easily guessed"),
        ("Welcome to rtpy1", "easily guessed"),
    ],
)
def test_short_and_guessable_ones_are_refused_with_a_way_out(password, why, tmp_path):
    with pytest.raises(Invalid, match=why) as refused:
        check_password(Config.for_tests(tmp_path), password, ANN, field="new")
    assert refused.value.problems[0].field == "new"


@pytest.mark.parametrize("kind", ["words", "hashes"])
def test_what_stands_in_the_list_is_refused_and_nothing_else(kind, tmp_path):
    known = sorted(f"stolen phrase number {n} zq" for n in range(200))
    listed = tmp_path / "list.txt"
    if kind == "hashes":
        digests = sorted(sha1(each.encode()).hexdigest().upper() for each in known)
        listed.write_text("".join(f"{each}:{at}\r\n" for at, each in enumerate(digests)))
    else:
        listed.write_text("\n".join(known))
    config = Config.for_tests(tmp_path, login__refused_passwords=str(listed))
    for each in known:
        with pytest.raises(Invalid, match="list of stolen ones"):
            check_password(config, each, ANN)
    for free in ("stolen phrase number 200 zq", "stolen phrase number 1", "phrase number 7 zq"):
        check_password(config, free, ANN)


def test_a_list_that_is_not_there_stops_nobody(tmp_path):
    config = Config.for_tests(tmp_path, login__refused_passwords=str(tmp_path / "none"))
    check_password(config, "correct horse battery", ANN)
