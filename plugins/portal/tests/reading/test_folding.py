"""Words are met in whatever form they are typed, in English and in German."""

import pytest

from rtpy_portal.knowledge.folding import fold, spellings, stem, words_of


@pytest.mark.parametrize(
    "family",
    [
        "printer printers Printing printed",
        "password passwords",
        "reply replies replied",
        "process processes",
        "box boxes",
        "run running runs",
        "stop stopped",
        "address addresses",
        "install installed installation installieren",
        "VPN VPNs",
        "licence licences",
        "Drucker Drucken Druckers Druck",
        "Passwort Passwörter Passwörtern Passworts",
        "Rechnung Rechnungen",
        "Gerät Geräte Geräten",
        "Verbindung Verbindungen verbinden",
        "Straße STRASSE Strassen",
        "café Cafes",
    ],
)
def test_forms_of_a_word_are_one_word(family):
    assert len({stem(word) for word in words_of(family)}) == 1


@pytest.mark.parametrize(
    "pair", ["access accident", "status state", "bus but", "best beer", "new net", "word world", "ÖPNV VPN"]
)
def test_other_words_stay_apart(pair):
    one, other = (stem(word) for word in words_of(pair))
    assert one != other


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't panic: it’s Outlook 2019!", ["don", "panic", "it", "outlook", "2019"]),
        ("e-mail / WLAN_2", ["e", "mail", "wlan", "2"]),
        ("…  --- \x00", []),
        ("Ærø Łódź", ["aero", "lodz"]),
    ],
)
def test_words_are_letters_and_digits(text, words):
    assert list(words_of(text)) == words


def test_an_umlaut_may_be_typed_with_an_e():
    assert spellings("passwoerter") == ("passwoerter", "passworter")
    assert spellings("drucker") == ("drucker",)
    assert fold("Ü") == "u"
