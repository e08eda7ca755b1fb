"""The drawn attachments are real files of their kind."""

import csv
import struct
import zlib
from datetime import UTC, datetime
from random import Random

import pytest

from rtpy.demo.files import make_file

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def chunks(png):
    at = 8
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        (crc,) = struct.unpack_from(">I", png, at + 8 + size)
        assert crc == zlib.crc32(kind + data)
        yield kind, data
        at += 12 + size


def test_a_screenshot_is_a_png_with_all_its_pixels():
    file = make_file("error.png|VPN FAILED|ERROR 809", NOW, Random(1))
    assert file.content_type == "image/png"
    assert file.data.startswith(b"\x89PNG\r\n\x1a\n")
    parts = dict(chunks(file.data))
    width, height = struct.unpack_from(">II", parts[b"IHDR"])
    assert len(zlib.decompress(parts[b"IDAT"])) == height * (3 * width + 1)


def test_a_letter_is_a_pdf_whose_table_points_at_its_objects():
    pdf = make_file("offer.pdf|Offer (1)|Größe", NOW, Random(1)).data
    table = int(pdf.rpartition(b"startxref\n")[2].split()[0])
    assert pdf[table:].startswith(b"xref\n0 6\n")
    entries = pdf[table:].split(b"\n")[3:8]
    for number, entry in enumerate(entries, 1):
        assert pdf[int(entry[:10]) :].startswith(b"%d 0 obj" % number)
    assert b"(Offer \\(1\\))" in pdf
    assert "Größe".encode("cp1252") in pdf


def test_a_table_reads_as_csv():
    text = make_file("list.csv|articles", NOW, Random(1)).data.decode("utf-8-sig")
    rows = list(csv.reader(text.splitlines(), delimiter=";"))
    assert len(rows) > 10
    assert {len(row) for row in rows} == {5}


@pytest.mark.parametrize("kind", ["backup", "web", "vpn", "database"])
def test_a_log_ends_before_it_is_sent(kind):
    lines = make_file(f"x.log|{kind}|SRV-1", NOW, Random(1)).data.decode().splitlines()
    assert len(lines) >= 14
    assert all(line[:10] == "2026-11-20" for line in lines)
    assert lines == sorted(lines, key=lambda line: line[:19])


def test_the_same_recipe_and_chance_give_the_same_bytes():
    assert make_file("a.csv|people", NOW, Random(7)) == make_file("a.csv|people", NOW, Random(7))
