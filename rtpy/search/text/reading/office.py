"""The text of office documents: zip files with XML inside, read as streams within limits (A62)."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, Final
from xml.parsers import expat

MOST_TEXT: Final = 400_000
"""Letters after which enough was read."""
MOST_XML: Final = 60_000_000
"""Bytes of XML that are unpacked in all."""
MOST_PARTS: Final = 200
"""Sheets or slides that are looked at."""
PORTION: Final = 65_536


class TooMuch(Exception):
    """The document is larger than what is looked at, or declares what no document needs."""


def reader_of(kind: str) -> Callable[[bytes], str]:
    """The function that reads docx, xlsx, pptx or odf: bytes to text. It raises what it likes for a broken one."""
    return {"docx": read_docx, "xlsx": read_xlsx, "pptx": read_pptx, "odf": read_odf}[kind]


def read_docx(data: bytes) -> str:
    """Paragraphs of the text, its headers, footers and notes."""
    return _read(
        data, lambda name: name.startswith("word/") and name.count("/") == 1, {"t"}, {"p", "br", "tab", "tr"}
    )


def read_xlsx(data: bytes) -> str:
    """Texts and numbers of all cells, and the names of the sheets."""
    texts = _read(data, lambda name: name == "xl/sharedStrings.xml", {"t"}, {"si"})
    sheets = _read(data, lambda name: name == "xl/workbook.xml", set(), {"sheet"}, names=("sheet", "name"))
    inline = _read(data, lambda name: name.startswith("xl/worksheets/"), {"t", "v"}, {"c"})
    return "\n".join(each for each in (sheets, texts, inline) if each)


def read_pptx(data: bytes) -> str:
    """Slides and their notes."""
    return _read(data, lambda name: name.startswith(("ppt/slides/", "ppt/notesSlides/")), {"t"}, {"p", "br"})


def read_odf(data: bytes) -> str:
    """All text of an OpenDocument."""
    breaks = {"p", "h", "line-break", "tab", "s", "table-cell"}
    return _read(data, lambda name: name == "content.xml", {"p", "h", "span", "a"}, breaks)


def _read(
    data: bytes,
    wanted: Callable[[str], bool],
    texts: set[str],
    breaks: set[str],
    names: tuple[str, str] | None = None,
) -> str:
    collector = _Collector(texts, breaks, names)
    budget = MOST_XML
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [
            each for each in archive.infolist() if each.filename.endswith(".xml") and wanted(each.filename)
        ]
        for part in parts[:MOST_PARTS]:
            try:
                budget = _parse(archive, part, collector, budget)
            except (TooMuch, expat.ExpatError, zipfile.BadZipFile, EOFError):
                if not collector.pieces:
                    raise
            collector.end()
            if collector.full or budget <= 0:
                break
    return collector.text()


def _parse(archive: zipfile.ZipFile, part: zipfile.ZipInfo, collector: "_Collector", budget: int) -> int:
    """Feed one part to the collector; what of the budget is left."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.EntityDeclHandler = _refuse
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.close
    parser.CharacterDataHandler = collector.characters
    with archive.open(part) as file:
        for portion in _portions(file):
            parser.Parse(portion)
            budget -= len(portion)
            if budget <= 0 or collector.full:
                return budget
    parser.Parse(b"", True)
    return budget


def _portions(file: Any) -> Iterator[bytes]:
    while portion := file.read(PORTION):
        yield portion


def _refuse(*_declared: Any) -> None:
    raise TooMuch("it declares entities")


class _Collector:
    """Gathers the characters inside of some elements; others end a word."""

    def __init__(self, texts: set[str], breaks: set[str], names: tuple[str, str] | None) -> None:
        self.texts, self.breaks, self.names = texts, breaks, names
        self.pieces: list[str] = []
        self.length = 0
        self.depth = 0
        self.is_shared = False
        """In a cell of a spreadsheet whose value is only the number of a text."""

    @property
    def full(self) -> bool:
        return self.length >= MOST_TEXT

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        if local in self.breaks:
            self.add("\n" if local not in ("tab", "s") else " ")
        if local == "c":
            self.is_shared = attributes.get("t") == "s"
        if local in self.texts and not (local == "v" and self.is_shared):
            self.depth += 1
        if self.names and local == self.names[0]:
            self.add(attributes.get(self.names[1], ""))

    def close(self, name: str) -> None:
        local = name.rpartition("}")[2]
        if local in self.texts and not (local == "v" and self.is_shared):
            self.depth -= 1

    def characters(self, text: str) -> None:
        if self.depth > 0:
            self.add(text)

    def add(self, text: str) -> None:
        if not self.full:
            self.pieces.append(text)
            self.length += len(text)

    def end(self) -> None:
        self.depth = 0
        self.add("\n")

    def text(self) -> str:
        lines = (line.strip() for line in "".join(self.pieces).splitlines())
        return "\n".join(line for line in lines if line)
