"""winmail.dat: what Outlook wraps comes out again, and streams that lie give nothing."""

import struct

import pytest

from rtpy.mail.tnef import MAX_STEPS, unwrap


def stream(*attributes: tuple[int, int, bytes]) -> bytes:
    """A stream of (level, name, value)."""
    pieces = [struct.pack("<IH", 0x223E9F78, 1)]
    for level, name, value in attributes:
        pieces.append(struct.pack("<BHHI", level, name, 6, len(value)) + value + b"\0\0")
    return b"".join(pieces)


def properties(*rows: tuple[int, int, bytes]) -> bytes:
    """Properties of (code, type, value); texts and bytes get their counts and lengths."""
    pieces = [struct.pack("<I", len(rows))]
    for code, kind, value in rows:
        is_long = kind in (0x1E, 0x1F, 0x102)
        sized = struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4) if is_long else value
        pieces.append(struct.pack("<HH", kind, code) + sized)
    return b"".join(pieces)


BEGIN = (2, 0x9002, b"\0" * 14)


def test_a_file_comes_out_byte_for_byte_under_its_long_name() -> None:
    data = bytes(range(256)) + b"\0\0"
    more = properties((0x0E20, 3, b"\7\0\0\0"), (0x3707, 0x1F, "Übersicht.pdf\0".encode("utf-16-le")))
    found = unwrap(stream(BEGIN, (2, 0x8010, b"UBERSI~1.PDF\0"), (2, 0x800F, data), (2, 0x9005, more)))

    assert found.files == (("Übersicht.pdf", data),)


def test_texts_are_read_in_their_code_page() -> None:
    rows = properties(
        (0x1013, 0x102, "<p>шостий</p>".encode("koi8-r")),
        (0x3FDE, 3, struct.pack("<I", 20866)),
        (0x1000, 0x1E, "caf\xe9\0".encode("cp1252")),
    )
    found = unwrap(stream((1, 0x9007, struct.pack("<II", 1252, 0)), (1, 0x9003, rows)))

    assert (found.text, found.html) == ("café", "<p>шостий</p>")


def test_values_behind_short_and_named_ones_are_found() -> None:
    named = (
        struct.pack("<HH", 3, 0x8001)
        + b"g" * 16
        + struct.pack("<I", 1)
        + struct.pack("<I", 6)
        + b"a\0b\0\0\0"
        + b"\0\0"
    )
    short = struct.pack("<HHHH", 2, 0x1111, 5, 0)
    text = struct.pack("<HHII", 0x1E, 0x1000, 1, 6) + b"hello\0\0\0"
    rows = struct.pack("<I", 3) + named + b"\7\0\0\0" + short + text

    assert unwrap(stream((1, 0x9003, rows))).text == "hello"


def test_a_message_inside_is_a_file_without_its_mark() -> None:
    mark = bytes.fromhex("0703020000000000c000000000000046")
    rows = properties((0x3701, 0x102, mark + b"inner"))

    assert unwrap(stream(BEGIN, (2, 0x9005, rows))).files == (("", b"inner"),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x78\x9f\x3e\x22",
        b"PK\3\4" + b"\0" * 100,
        stream(*[BEGIN] * (MAX_STEPS + 1)),
        stream(
            (1, 0x9003, struct.pack("<IHHI", 1, 0x1003, 0x1234, 0xFFFFFFFF) + b"\0" * 4 * (MAX_STEPS + 9))
        ),
        stream((1, 0x9003, struct.pack("<IHH", 1, 0x1E, 0x8000) + b"x" * 8)),
    ],
)
def test_a62_what_lies_or_never_ends_gives_nothing_and_says_so(data: bytes) -> None:
    found = unwrap(data)

    assert (found.files, found.text, found.remark) == ((), "", "winmail.dat could not be opened")
