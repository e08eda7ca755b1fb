"""The text of attached documents; what is broken or hostile gives none and stops nothing (A62)."""

import io
import time
import zipfile

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.search.text.reading import apart
from rtpy.search.text.reading.files import read_file
from rtpy.search.text.reading.office import MOST_TEXT, reader_of
from rtpy.search.text.state import progress


def _zip(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
O = 'xmlns:office="urn:o" xmlns:text="urn:t" xmlns:table="urn:b"'  # noqa: E741
DOCX = _zip(
    {
        "word/document.xml": f"<w:document {W}><w:p><w:r><w:t>split</w:t></w:r><w:r><w:t>word</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>Grüße</w:t><w:tab/><w:t>end</w:t><w:instrText>hidden</w:instrText></w:r></w:p></w:document>",
        "word/header1.xml": f"<w:hdr {W}><w:p><w:r><w:t>letterhead</w:t></w:r></w:p></w:hdr>",
        "word/media/image1.png": b"\x89PNG",
    }
)
XLSX = _zip(
    {
        "xl/workbook.xml": f'<workbook {X}><sheets><sheet name="Serials" sheetId="1"/></sheets></workbook>',
        "xl/sharedStrings.xml": f"<sst {X}><si><t>laptop</t></si><si><t>monitor</t></si></sst>",
        "xl/worksheets/sheet1.xml": f'<worksheet {X}><row><c t="s"><v>0</v></c><c><v>471100</v></c>'
        '<c t="inlineStr"><is><t>inline</t></is></c></row></worksheet>',
    }
)
PPTX = _zip(
    {"ppt/slides/slide1.xml": f"<p {A}><a:p><a:r><a:t>Slide</a:t></a:r></a:p><a:p><a:t>two</a:t></a:p></p>"}
)
ODT = _zip(
    {
        "content.xml": f"<office:text {O}><text:h>Title</text:h><text:p>first <text:span>words</text:span></text:p>"
        "<text:p>second</text:p></office:text>"
    }
)
EML = (
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nFrom: ann@client.example\r\nContent-Type: multipart/mixed; boundary=b\r\n"
    b"\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>in<b>side</b></p>\r\n--b\r\nContent-Type: image/png\r\n"
    b"Content-Disposition: attachment; filename=plan.png\r\n\r\nxx\r\n--b--\r\n"
)


def _pdf(*lines: str) -> bytes:
    """A page with some lines, as small as a PDF can be."""
    drawn = "".join(f"BT /F1 12 Tf 72 {700 - 20 * row} Td ({line}) Tj ET\n" for row, line in enumerate(lines))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    out += f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out.encode()


@pytest.mark.parametrize(
    ("name", "content_type", "data", "expected"),
    [
        ("a.txt", "application/octet-stream", "naïve".encode("latin-1"), "naïve"),
        ("a.csv", "text/csv", "a;b\n1;zwölf".encode("utf-16"), "a;b\n1;zwölf"),
        ("a.log", "", "\ufeffline".encode(), "line"),
        ("page.html", "text/html", b"<p>Hello <b>you</b></p><script>no()</script>", "Hello you"),
        ("a.docx", "", DOCX, "splitword\nGrüße end\nletterhead"),
        ("a.xlsx", "", XLSX, "Serials\nlaptop\nmonitor\n471100\ninline"),
        ("a.pptx", "", PPTX, "Slide\ntwo"),
        ("a.odt", "", ODT, "Title\nfirst words\nsecond"),
        ("a.eml", "", EML, "Grüße\nann@client.example\n\nplan.png\ninside"),
        ("scan.PDF", "", _pdf("Contract 2026", "signed"), "Contract 2026\nsigned"),
        ("noname", "application/pdf", _pdf("by type"), "by type"),
        ("picture.png", "image/png", b"\x89PNG", ""),
    ],
)
def test_the_text_of_a_document(name, content_type, data, expected):
    text = read_file(data, name, content_type, "")
    assert "\n".join(line.strip() for line in text.strip().splitlines()) == expected


BILLION = f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:document {W}><w:t>&b;</w:t></w:document>'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", b"no zip"),
        ("a.docx", DOCX[:200]),
        ("a.docx", _zip({"word/document.xml": BILLION})),
        ("a.docx", _zip({"word/document.xml": "<a><b></a>"})),
        ("a.xlsx", _zip({"word/document.xml": "<a/>"})),
        ("a.pdf", b"%PDF-1.4 broken"),
        ("a.pdf", b""),
        ("a.odt", _zip({"content.xml": b"\x00\xff"})),
    ],
)
def test_a_broken_document_has_no_text(name, data):
    assert read_file(data, name, "", "") == ""


def test_a_bomb_is_opened_no_further_than_its_limits():
    text = f"<w:document {W}><w:p><w:t>start " + "a" * 200_000_000
    bomb = _zip({"word/document.xml": text})
    began = time.monotonic()

    read = reader_of("docx")(bomb)

    assert len(read) <= MOST_TEXT + 100_000
    assert time.monotonic() - began < 10


def test_a_document_that_takes_too_long_is_given_up(monkeypatch):
    began = time.monotonic()
    assert apart.read_apart("pdf", _pdf("text"), seconds=0.001) == ""
    assert time.monotonic() - began < 5


def test_files_of_a_message_are_found_and_a_broken_one_stops_nothing(work, make, index, find, db):
    ticket = make.ticket(text="see files")
    files = tuple(
        Part("application/octet-stream", data, PartRole.FILE, filename=name)
        for name, data in (
            ("broken.docx", b"PK\x03\x04nothing"),
            ("offer.docx", DOCX),
            ("bill.pdf", _pdf("total 99")),
        )
    )
    change_ticket(work, ticket, Correspond(plain_message("attached", files=files)))
    index()

    assert find("root", "letterhead total broken") == [ticket.id]
    assert progress(db).is_done


def test_documents_can_be_left_unread(app, work, make, index, find, config, monkeypatch):
    from dataclasses import replace

    monkeypatch.setattr(app, "config", replace(config, search=replace(config.search, files=False)))
    ticket = make.ticket(text="see files")
    file = Part("text/plain", b"secretword", PartRole.FILE, filename="plan.txt", charset="utf-8")
    change_ticket(work, ticket, Correspond(plain_message("attached", files=(file,))))
    index()

    assert find("root", "plan") == [ticket.id]
    assert find("root", "secretword") == []
