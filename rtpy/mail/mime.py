"""The MIME tree of a mail: where each part begins and ends in the bytes, found in one pass; no part is decoded here."""

import binascii
import re
from dataclasses import dataclass, field
from typing import Final

from rtpy.mail.charsets import codec_for
from rtpy.mail.headers import Header, read_header
from rtpy.mail.labelled import Labelled, read_labelled
from rtpy.mail.uuencode import find_files
from rtpy.mail.words import decode_base64, is_base64

MAX_PARTS: Final = 500
"""Parts that are unfolded; what follows stays in one piece."""
MAX_DEPTH: Final = 40
"""Multiparts inside of each other that are unfolded."""
_MAX_GUESSES: Final = 8
"""Multiparts of one mail whose boundary is looked for in their body."""


@dataclass(slots=True)
class Node:
    """One part: its header, its type, where its body lies in the bytes, and the parts inside of it."""

    header: Header
    kind: Labelled
    start: int
    body: int
    end: int = -1
    depth: int = 0
    boundary: bytes = b""
    children: list["Node"] = field(default_factory=list)
    is_closed: bool = False
    first: int = -1
    """Where its first boundary stands; what is before is the preamble."""
    remark: str = ""

    def preamble(self) -> "Node":
        """The text before the first part, as a part; mailers put a sentence there, broken ones their text."""
        kinds = self.header.all("content-type")
        kind = read_labelled(kinds[1]) if len(kinds) > 1 else Labelled("text/plain", {})
        return Node(self.header, kind, self.start, self.body, max(self.first, self.body), self.depth)


@dataclass(slots=True)
class Tree:
    """What was found: the root, where the untouched rest begins (-1: there is none), and remarks for people."""

    root: Node
    rest: int = -1
    remarks: list[str] = field(default_factory=list)
    parts: int = 1
    guesses: int = 0


def read_tree(data: bytes) -> Tree:
    """The parts of a mail; never raises, time linear in the bytes."""
    root = _open(data, 0, len(data), {}, "text/plain", 0)
    tree = Tree(root)
    _unfold(data, tree, root, len(data))
    return tree


def _open(data: bytes, start: int, end: int, stops: dict[bytes, list[int]], usual: str, depth: int) -> Node:
    header, body = read_header(data, start, end, stops)
    kind = _kind(header, usual)
    header.hint = codec_for(kind.params["charset"]) if "charset" in kind.params else ""
    node = Node(header, kind, start, body, depth=depth)
    if kind.value.startswith("multipart/"):
        node.boundary = b"--" + kind.params.get("boundary", "").encode("utf-8", "surrogateescape").strip()
    return node


_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$")


def _kind(header: Header, usual: str) -> Labelled:
    """Content-Type; a nameless or senseless one is text (RFC 2045 5.2), for a file it is bytes."""
    found = read_labelled(header.first("content-type"))
    if _TYPE.match(found.value):
        return found
    if found.value.startswith("multipart"):
        return Labelled("multipart/mixed", found.params)
    value = f"{found.value}/plain" if found.value in ("text", "text/") else usual
    return Labelled(value.replace("//", "/"), found.params)


def _unfold(data: bytes, tree: Tree, top: Node, end: int) -> None:
    """Cut `top` at its boundaries, and the parts in it at theirs: one walk over the lines that begin with `--`."""
    open_nodes: list[Node] = []
    stops: dict[bytes, list[int]] = {}
    current = _descend(top, open_nodes, stops)
    pos = _line_at(data, top.body)
    while open_nodes and 0 <= pos < end:
        line_end = data.find(b"\n", pos, end)
        after = end if line_end < 0 else line_end + 1
        mark = data[pos : min(after, pos + 2_000)].rstrip()
        level, closing = _level(mark, stops, open_nodes)
        if level < 0:
            pos = _line_at(data, after)
            continue
        _close(data, open_nodes, level, current, pos, stops)
        parent = open_nodes[-1]
        if closing:
            parent.is_closed = True
            current = parent
            pos = _line_at(data, after)
            continue
        if tree.parts >= MAX_PARTS:
            tree.rest = pos
            break
        usual = "message/rfc822" if parent.kind.value == "multipart/digest" else "text/plain"
        current = _open(data, after, end, stops, usual, parent.depth + 1)
        if not parent.children:
            parent.first = pos
        parent.children.append(current)
        parent.is_closed = False
        tree.parts += 1
        body = current.body
        current = _descend(current, open_nodes, stops)
        pos = _line_at(data, body)
    _finish(open_nodes, current, end if tree.rest < 0 else tree.rest)
    if top.end < 0:
        top.end = end


def _line_at(data: bytes, pos: int) -> int:
    """The next place at or after `pos` where a line begins with `--`; -1 when there is none."""
    if data.startswith(b"--", pos) and (pos == 0 or data[pos - 1 : pos] == b"\n"):
        return pos
    found = data.find(b"\n--", max(pos - 1, 0))
    return found + 1 if found >= 0 else -1


def _descend(node: Node, open_nodes: list[Node], stops: dict[bytes, list[int]]) -> Node:
    """Make a multipart the one whose parts are looked for, unless it is too deep or has no boundary."""
    if len(node.boundary) <= 2:
        return node
    if node.depth >= MAX_DEPTH:
        node.boundary = b""
        node.remark = "Parts nested too deep were kept as one file"
        return node
    stops.setdefault(node.boundary, []).append(len(open_nodes))
    open_nodes.append(node)
    return node


def _level(mark: bytes, stops: dict[bytes, list[int]], open_nodes: list[Node]) -> tuple[int, bool]:
    """Which open multipart this line divides (-1: none), and whether it closes it. The innermost wins.

    A boundary that was closed and comes again divides once more: text after a repeated closing line is not lost.
    """
    for text, closing in ((mark, False), (mark[:-2] if mark.endswith(b"--") else b"", True)):
        levels = stops.get(text) if text else None
        if levels:
            alive = [level for level in levels if not open_nodes[level].is_closed]
            return (alive or levels)[-1], closing
    return -1, False


def _close(
    data: bytes, open_nodes: list[Node], level: int, current: Node, pos: int, stops: dict[bytes, list[int]]
) -> None:
    """End everything inside of the multipart at `level`: the line end before the boundary belongs to it."""
    end = _before_line(data, pos)
    if current is not open_nodes[-1] and current.end < 0:
        current.end = max(end, current.body)
    while len(open_nodes) - 1 > level:
        node = open_nodes.pop()
        node.end = max(end, node.body)
        levels = stops[node.boundary]
        levels.pop()
        if not levels:
            del stops[node.boundary]


def _before_line(data: bytes, pos: int) -> int:
    if pos >= 2 and data[pos - 2 : pos] == b"\r\n":
        return pos - 2
    return pos - 1 if pos >= 1 else pos


def _finish(open_nodes: list[Node], current: Node, end: int) -> None:
    if current.end < 0:
        current.end = max(end, current.body)
    for node in open_nodes:
        if node.end < 0:
            node.end = max(end, node.body)


_CUT: Final = re.compile(rb"^(--[^\r\n]{1,200}?)[ \t]{0,20}\r?\n(?:content-|mime-version)", re.I | re.M)


def guess_boundary(data: bytes, tree: Tree, node: Node) -> bool:
    """Cut a multipart whose declared boundary never occurs at the lines that look like one; False when none do."""
    if tree.guesses >= _MAX_GUESSES or tree.parts >= MAX_PARTS:
        return False
    tree.guesses += 1
    found = _CUT.search(data, max(node.body - 1, 0), node.end)
    if found is None:
        return False
    node.boundary = found[1].rstrip()
    tree.remarks.append("A multipart names another boundary than it uses; the used one was taken")
    _unfold(data, tree, node, node.end)
    return bool(node.children)


_SOFT_END: Final = re.compile(rb"=[ \t]+(\r?\n|$)")


def body_bytes(data: bytes, node: Node) -> bytes:
    """The body of a leaf with its transfer encoding undone; unknown encodings are left as they are."""
    raw = data[node.body : node.end]
    encoding = read_labelled(node.header.first("content-transfer-encoding")).value
    encoding = re.sub(r"[^a-z0-9]", "", encoding)[:30]
    if encoding == "base64" or encoding == "xbase64":
        return decode_base64(raw) if is_base64(raw, is_text=node.kind.value.startswith("text/")) else raw
    if encoding == "quotedprintable":
        return binascii.a2b_qp(_SOFT_END.sub(rb"=\1", raw))
    if encoding in ("uuencode", "xuuencode", "xuue", "uue"):
        files = find_files(raw).files
        return files[0].data if files else raw
    return raw
