"""From the MIME tree to the parts of a message: what is read as the text, what is a picture in it, what is a file."""

import re
from dataclasses import dataclass, field, replace
from html import escape
from mimetypes import guess_type
from typing import Final
from urllib.parse import unquote

from rtpy.content.part import Part, PartRole
from rtpy.content.plain import html_to_text
from rtpy.mail.calendar_parts import TYPES as CALENDARS
from rtpy.mail.calendar_parts import titles_of
from rtpy.mail.charsets import choose_codec, decode, reads
from rtpy.mail.headers import read_header
from rtpy.mail.labelled import Labelled, read_labelled
from rtpy.mail.mime import Node, Tree, body_bytes, guess_boundary, read_tree
from rtpy.mail.tnef import unwrap
from rtpy.mail.uuencode import find_files
from rtpy.mail.words import decode_text, to_text

REST_NAME: Final = "rest-of-message.eml"
_MAX_NAME: Final = 1_000
_MAX_PART_HEADERS: Final = 20_000
_MAX_TEXT_FILE: Final = 5_000_000
_NAMES: Final = dict.fromkeys(CALENDARS, "invite.ics") | {"text/vcard": "contact.vcf"}
_BINARY: Final = (
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"%PDF-",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
)
_CID: Final = re.compile(r"cid:([^\"'\s<>)]{1,500})", re.I)
# Outlook names pictures by their content id only: `image001.png@01CDB132.D8A510F0`.
_NAMED_CID: Final = re.compile(
    r"([A-Za-z0-9._ -]{1,60}\.(?:png|jpe?g|gif|bmp|tiff?|webp|svg|emf|wmf))@", re.I
)


@dataclass(slots=True)
class _Segment:
    """A piece of the message's text, in one or in two forms."""

    plains: list[Part] = field(default_factory=list)
    htmls: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class _Gathered:
    data: bytes
    tree: Tree
    segments: list[_Segment] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def remark(self, text: str) -> None:
        """Note once what was wrong."""
        if text and text not in self.remarks and len(self.remarks) < 30:
            self.remarks.append(text)


@dataclass(frozen=True, slots=True)
class Bodies:
    """All parts of a mail in the order of Message.parts, and what was wrong in them."""

    parts: tuple[Part, ...]
    remarks: tuple[str, ...]


def read_bodies(data: bytes, tree: Tree) -> Bodies:
    """Decode every part: text first (BODY, then HTML), then pictures shown in it and files with exact bytes."""
    gathered = _Gathered(data, tree)
    _walk(gathered, tree.root, None)
    if tree.rest >= 0:
        gathered.remark("The mail has too many parts; what follows the first ones was kept as one file")
        gathered.files.append(Part("application/octet-stream", data[tree.rest :], PartRole.FILE, REST_NAME))
    if not _has_text(gathered):
        _promote_text(gathered)
    texts = _compose(gathered)
    for note in tree.remarks:
        gathered.remark(note)
    return Bodies((*texts, *_with_inline_pictures(texts, gathered.files)), tuple(gathered.remarks))


def _walk(gathered: _Gathered, node: Node, segment: _Segment | None) -> None:
    """Visit a part; `segment` is the alternative it stands in, if any."""
    if (not node.children and len(node.boundary) > 2) or (
        node.kind.value.startswith("multipart/") and not node.children
    ):
        if node.remark:
            _keep_whole(gathered, node)
            return
        if not guess_boundary(gathered.data, gathered.tree, node):
            _take_text(gathered, node, segment, "text/plain")
            return
    if node.children and len(node.header.all("content-type")) > 1:
        _take_preamble(gathered, node, segment)
    if node.kind.value == "multipart/alternative":
        inner = segment or _Segment()
        if segment is None:
            gathered.segments.append(inner)
        for child in node.children:
            _walk(gathered, child, inner)
    elif node.children:
        for child in node.children:
            _walk(gathered, child, segment)
    else:
        _take_leaf(gathered, node, segment)


def _take_preamble(gathered: _Gathered, node: Node, segment: _Segment | None) -> None:
    """A multipart that also says to be text: the boundary before its first part is missing."""
    preamble = node.preamble()
    if preamble.kind.value in ("text/plain", "text/html"):
        _take_text(gathered, preamble, segment, preamble.kind.value)


def _keep_whole(gathered: _Gathered, node: Node) -> None:
    gathered.remark(node.remark)
    whole = gathered.data[node.start : node.end]
    gathered.files.append(Part("message/rfc822", whole, PartRole.FILE, REST_NAME, remark=node.remark))


def _take_leaf(gathered: _Gathered, node: Node, segment: _Segment | None) -> None:
    node.header.hint = node.header.hint or gathered.tree.root.header.hint
    disposition = read_labelled(node.header.first("content-disposition"), node.header.hint)
    name = file_name(node, disposition)
    kind = node.kind.value
    if kind in ("text/plain", "text/html") and _is_text(gathered, node, segment, disposition, name):
        _take_text(gathered, node, segment, kind)
        return
    file = _file(gathered, node, kind, name)
    gathered.files.append(file)
    if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat":
        _unwrap_tnef(gathered, file)


def _is_text(
    gathered: _Gathered, node: Node, segment: _Segment | None, disposition: Labelled, name: str
) -> bool:
    """Whether a text part is read as the message, not offered as a file."""
    if disposition.value == "attachment":
        return node.depth == 0 and not name
    if segment is not None:
        return True
    is_first = not gathered.segments and disposition.value != "inline"
    return not name or node.depth == 0 or is_first


def _take_text(gathered: _Gathered, node: Node, segment: _Segment | None, kind: str) -> None:
    data = body_bytes(gathered.data, node)
    if data.startswith(_BINARY) and b"\x00" in data:
        gathered.files.append(_file(gathered, node, kind, ""))
        return
    if kind == "text/plain" and b"begin" in data:
        data = _uncover(gathered, data)
    part = _text_part(node, data, kind, node.kind.params.get("charset", ""))
    gathered.remark(part.remark)
    if segment is None:
        segment = _twin_of(gathered, part) if kind == "text/html" else None
        if segment is None:
            segment = _Segment()
            gathered.segments.append(segment)
    forms = segment.htmls if kind == "text/html" else segment.plains
    if data.strip() or not forms:
        forms.append(part)


def _text_part(node: Node, data: bytes, kind: str, declared: str) -> Part:
    codec, remark = choose_codec(data, declared, is_html=kind == "text/html")
    if codec.startswith("iso2022_jp") and not reads(data, codec):
        # No codec of Python reads the vendor's characters: kept as UTF-8, so that everybody can read them later.
        data, codec = decode(data, codec).encode("utf-8", "replace"), "utf-8"
    headers = _part_headers(node)
    return Part(kind, data, PartRole.BODY, charset=codec, headers=headers, remark=remark)


def _part_headers(node: Node) -> str:
    return to_text(node.header.raw[:_MAX_PART_HEADERS]).replace("\x00", "") if node.depth else ""


def _uncover(gathered: _Gathered, data: bytes) -> bytes:
    uncovered = find_files(data)
    for file in uncovered.files:
        name = decode_text(file.name)[:_MAX_NAME]
        gathered.files.append(Part(_type_of(name), file.data, PartRole.FILE, name))
    return uncovered.text


def _twin_of(gathered: _Gathered, part: Part) -> _Segment | None:
    """The plain text that this HTML repeats, when a mailer put both side by side instead of as alternatives."""
    if not gathered.segments or gathered.segments[-1].htmls or len(part.data) > 200_000:
        return None
    before = _letters("".join(plain.text() for plain in gathered.segments[-1].plains))
    twin = bool(before) and before in _letters(html_to_text(part.text()))
    return gathered.segments[-1] if twin else None


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _file(gathered: _Gathered, node: Node, kind: str, name: str) -> Part:
    data = body_bytes(gathered.data, node)
    if not name:
        name = _name_of_mail(data) if kind == "message/rfc822" else _NAMES.get(kind, "")
    codec = ""
    cid = node.header.plain("content-id").strip(" <>")[:500]
    if not name and (named := _NAMED_CID.match(cid)):
        name = named[1]
    if kind.startswith("text/") and len(data) <= _MAX_TEXT_FILE and b"\x00" not in data:
        codec = choose_codec(data, node.kind.params.get("charset", ""), is_html=kind == "text/html")[0]
    return Part(kind, data, PartRole.FILE, name, codec, cid, _part_headers(node))


def _name_of_mail(data: bytes) -> str:
    """A name for a forwarded mail: its subject."""
    subject = read_header(data, 0, min(len(data), 100_000), {})[0].text("subject")
    return f"{subject[:150]}.eml" if subject else "message.eml"


def file_name(node: Node, disposition: Labelled) -> str:
    """The name the sender gave a file: Content-Disposition's, else Content-Type's; one line, may be empty."""
    name = disposition.params.get("filename") or ""
    if not name:
        kind = read_labelled(node.header.first("content-type"), node.header.hint)
        name = kind.params.get("name") or kind.params.get("filename") or disposition.params.get("name") or ""
    return decode_text(name)[:_MAX_NAME]


def _unwrap_tnef(gathered: _Gathered, file: Part) -> None:
    unwrapped = unwrap(file.data)
    gathered.remark(unwrapped.remark)
    for name, data in unwrapped.files:
        gathered.files.append(Part(_type_of(name), data, PartRole.FILE, decode_text(name)[:_MAX_NAME]))
    if _has_text(gathered):
        return
    if unwrapped.text.strip():
        part = Part("text/plain", unwrapped.text.encode("utf-8", "replace"), PartRole.BODY, charset="utf-8")
        gathered.segments.append(_Segment([part]))
    elif unwrapped.html.strip():
        part = Part("text/html", unwrapped.html.encode("utf-8", "replace"), PartRole.HTML, charset="utf-8")
        gathered.segments.append(_Segment([], [part]))


def _type_of(name: str) -> str:
    """The type of a file that came without one, by the ending of its name."""
    return guess_type(name)[0] or "application/octet-stream"


def _has_text(gathered: _Gathered) -> bool:
    return any(
        part.data.strip() for segment in gathered.segments for part in (*segment.plains, *segment.htmls)
    )


def _promote_text(gathered: _Gathered) -> None:
    """Nothing readable was found: a nameless text file, or the text of a forwarded mail, is shown."""
    for index, file in enumerate(gathered.files):
        if file.content_type.startswith("text/") and not file.filename and file.charset:
            del gathered.files[index]
            gathered.segments = [_Segment([replace(file, role=PartRole.BODY)])]
            return
    for file in gathered.files:
        if file.content_type in CALENDARS and (titles := titles_of(file.data)):
            part = Part("text/plain", titles.encode("utf-8", "replace"), PartRole.BODY, charset="utf-8")
            gathered.segments = [_Segment([part])]
            return
    if gathered.tree.root.children and not gathered.tree.root.header.hint:
        _take_text(gathered, gathered.tree.root.preamble(), None, "text/plain")
        if _has_text(gathered) and not any(file.content_type == "message/rfc822" for file in gathered.files):
            return
        gathered.segments.clear()
    for file in gathered.files:
        if file.content_type == "message/rfc822" and file.filename != REST_NAME:
            texts = [part for part in _texts_inside(file.data) if part.data.strip()]
            if texts:
                gathered.remark("The mail has no text of its own: the text of the mail it carries is shown")
                gathered.segments = [
                    _Segment(
                        [part for part in texts if part.role is PartRole.BODY],
                        [part for part in texts if part.role is PartRole.HTML],
                    )
                ]
                return


def _texts_inside(data: bytes) -> list[Part]:
    """Texts of a carried mail, one level deep only."""
    inner = _Gathered(data, read_tree(data))
    _walk(inner, inner.tree.root, None)
    return _compose(inner)


def _compose(gathered: _Gathered) -> list[Part]:
    """The texts as at most one BODY and HTML parts that each cover a piece of the whole text in order."""
    segments = [s for s in gathered.segments if any(p.data.strip() for p in (*s.plains, *s.htmls))]
    if not segments:
        first = next((p for s in gathered.segments for p in (*s.plains, *s.htmls)), None)
        if first is None:
            return []
        return [replace(first, role=PartRole.HTML if first.content_type == "text/html" else PartRole.BODY)]
    texts: list[Part] = []
    plains = [part for segment in segments for part in segment.plains if part.data.strip()]
    if len(segments) == 1 and len(plains) == 1:
        texts.append(plains[0])
    elif plains:
        joined = "\n".join(_segment_text(segment) for segment in segments)
        texts.append(replace(plains[0], data=joined.encode("utf-8", "replace"), charset="utf-8"))
    if any(segment.htmls for segment in segments):
        for segment in segments:
            texts += [replace(part, role=PartRole.HTML) for part in segment.htmls if part.data.strip()] or [
                _as_html(part) for part in segment.plains
            ]
    return texts


def _segment_text(segment: _Segment) -> str:
    plain = "\n".join(decode(part.data, part.charset) for part in segment.plains if part.data.strip())
    return plain or "\n".join(html_to_text(part.text()) for part in segment.htmls)


def _as_html(part: Part) -> Part:
    lines = escape(part.text()).replace("\r\n", "\n").replace("\n", "<br>\n")
    return Part("text/html", f"<div>{lines}</div>".encode("utf-8", "replace"), PartRole.HTML, charset="utf-8")


def _with_inline_pictures(texts: list[Part], files: list[Part]) -> list[Part]:
    """Files, those pictures first that the HTML shows by their content id."""
    if not any(file.content_id for file in files):
        return files
    shown = {
        unquote(found).strip()
        for part in texts
        if part.role is PartRole.HTML
        for found in _CID.findall(part.text())
    }
    marked = [
        replace(file, role=PartRole.INLINE)
        if file.content_type.startswith("image/") and file.content_id in shown and file.content_id
        else file
        for file in files
    ]
    return sorted(marked, key=lambda part: part.role is PartRole.FILE)
