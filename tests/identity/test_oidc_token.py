"""A42: what an ID token must be to be believed; no database, no network."""

import json
from datetime import UTC, datetime

import pytest
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from rtpy.identity.oidc.asking import ProviderSilent
from rtpy.identity.oidc.id_token import NotBelieved, read_id_token
from rtpy.identity.oidc.metadata import read_keys
from rtpy.identity.oidc.provider import read_group_map
from rtpy.testing.provider import CLIENT, Provider, unsigned

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
ISSUER = "https://login.example.com"
GOOD = {"iss": ISSUER, "aud": CLIENT, "sub": "17", "iat": SECONDS, "exp": SECONDS + 300, "nonce": "n"}
PROVIDER = Provider(ISSUER)
OTHER = ECKey.generate_key("P-256", {"kid": "first"})
UNKNOWN = ECKey.generate_key("P-256", {"kid": "second"})
PUBLIC = PROVIDER.key.as_pem(private=False)
PUBLIC_JSON = json.dumps(PROVIDER.key.as_dict(private=False)).encode()


def read(token, keys=None):
    fetched = []

    def keys_of(anew):
        fetched.append(anew)
        return keys or read_keys(KeySet([PROVIDER.key]).as_dict(private=False))

    found = read_id_token(token, keys_of, issuer=ISSUER, client_id=CLIENT, nonce="n", now=NOW)
    return found, fetched


def changed(**changes):
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": [CLIENT, "other"], "azp": CLIENT},
        {"azp": CLIENT},
        {"exp": SECONDS - 30},
        {"iat": SECONDS + 30},
        {"nbf": SECONDS},
        {"exp": SECONDS + 0.5},
    ],
)
def test_a_good_token_says_who_it_is(changes):
    identity, fetched = read(PROVIDER.sign(changed(**changes)))
    assert (identity.issuer, identity.subject, fetched) == (ISSUER, "17", [False])


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": ISSUER + "/"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"aud": ["other"]},
        {"aud": [CLIENT, "other"]},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"azp": "other"},
        {"exp": SECONDS - 61},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("inf")},
        {"iat": SECONDS + 61},
        {"iat": None},
        {"nbf": SECONDS + 61},
        {"nonce": "other"},
        {"nonce": None},
        {"nonce": ["n"]},
        {"sub": None},
        {"sub": ""},
        {"sub": 17},
        {"sub": "x" * 256},
        {"sub": "a\x00b"},
    ],
)
def test_a42_a_token_with_one_wrong_word_is_not_believed(changes):
    with pytest.raises(NotBelieved):
        read(PROVIDER.sign(changed(**changes)))


@pytest.mark.parametrize(
    "token",
    [
        unsigned(GOOD),
        unsigned(GOOD) + "AAAA",
        PROVIDER.sign(GOOD, key=PUBLIC, alg="HS256", kid="first"),
        PROVIDER.sign(GOOD, key=PUBLIC_JSON, alg="HS256", kid="first"),
        PROVIDER.sign(GOOD, key=OTHER),
        PROVIDER.sign(GOOD, key=UNKNOWN),
        PROVIDER.sign(GOOD)[:-4] + "AAAA",
        PROVIDER.sign(GOOD).rpartition(".")[0] + ".",
        PROVIDER.sign(GOOD) + ".x",
        "a.b.c",
        "",
        None,
        17,
        "x" * 70_000,
        "é",
    ],
)
def test_a42_a_token_that_the_provider_has_not_signed_is_not_believed(token):
    with pytest.raises(NotBelieved):
        read(token)


def test_keys_are_fetched_once_more_for_a_key_that_is_not_known():
    turns = {False: KeySet([PROVIDER.key]), True: KeySet([PROVIDER.key, UNKNOWN])}
    asked = []

    def keys_of(anew):
        asked.append(anew)
        return turns[anew]

    token = PROVIDER.sign(GOOD, key=UNKNOWN)
    found = read_id_token(token, keys_of, issuer=ISSUER, client_id=CLIENT, nonce="n", now=NOW)
    assert (found.subject, asked) == ("17", [False, True])


def test_only_public_keys_for_signatures_are_taken():
    rsa, secret = RSAKey.generate_key(2048, {"kid": "r"}), OctKey.generate_key(256)
    listed = [
        PROVIDER.key.as_dict(private=False),
        {**rsa.as_dict(private=False), "use": "enc"},
        secret.as_dict(),
        {"kty": "EC", "crv": "P-256"},
        {"kty": "LMS"},
        "text",
        None,
    ]
    assert [key.kid for key in read_keys({"keys": listed})] == ["first"]
    for broken in ({}, {"keys": []}, {"keys": "x"}, {"keys": [secret.as_dict()]}):
        with pytest.raises(ProviderSilent):
            read_keys(broken)


def test_the_map_of_groups_is_read_line_by_line():
    text = " helpdesk = Support \n\ncn=ops,dc=example = Ops team\nalone"
    assert read_group_map(text) == (
        ("helpdesk", "Support"),
        ("cn=ops,dc=example", "Ops team"),
        ("alone", ""),
    )
