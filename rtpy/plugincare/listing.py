"""The line `plugins = [...]` of a home's rtpy.toml, changed in place: comments and everything else stay as they are."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rtpy.errors import Conflict

_KEY = re.compile(r"""^[ \t]*(plugins|"plugins"|'plugins')[ \t]*=[ \t]*\[""", re.MULTILINE)
_SECTION = re.compile(r"^[ \t]*\[", re.MULTILINE)
_PIECE = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')|(?P<comment>\#[^\n]*)|(?P<end>\])|(?P<comma>,)"""
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One name in the list: where it stands, and where its comma ends, if it has one."""

    name: str
    start: int
    end: int
    after: int


def change_list(file: Path, names: Sequence[str]) -> None:
    """Let the list in `file` be `names`; the file and the line are made when they are missing.

    Raises Conflict, with nothing written, when the list is written in a way that is not understood.
    """
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    changed = listed_in(text, names)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f"{file.name}.new")
    draft.write_text(changed, encoding="utf-8")
    if file.exists():
        draft.chmod(file.stat().st_mode)
    draft.replace(file)


def listed_in(text: str, names: Sequence[str]) -> str:
    """The text of an rtpy.toml with its list of plugins changed to `names`."""
    section = _SECTION.search(text)
    top = section.start() if section else len(text)
    key = _KEY.search(text, 0, top)
    changed = _with_new_key(text, top, names) if key is None else _with_names(text, key.end(), names)
    if not _says(changed, names) and key is not None:
        changed = _anew(text, key.end(), names)
    if not _says(changed, names):
        raise Conflict(
            "The list of plugins in rtpy.toml cannot be changed by this command: please edit it yourself."
        )
    return changed


def _with_new_key(text: str, top: int, names: Sequence[str]) -> str:
    before, after = text[:top], text[top:]
    if before and not before.endswith("\n"):
        before += "\n"
    return f"{before}plugins = [{', '.join(map(_quoted, names))}]\n" + ("\n" if after else "") + after


def _with_names(text: str, start: int, names: Sequence[str]) -> str:
    """One name more or less is put in or taken out where it stands; anything else is written anew."""
    entries, _ = _entries(text, start)
    present = [entry.name for entry in entries]
    if len(names) == len(present) + 1 and list(names[:-1]) == present:
        return _with_one_more(text, start, entries, names[-1])
    gone = [entry for entry in entries if entry.name not in names]
    if len(gone) == 1 and [name for name in present if name != gone[0].name] == list(names):
        return _with_one_less(text, entries, gone[0])
    return _anew(text, start, names)


def _anew(text: str, start: int, names: Sequence[str]) -> str:
    return text[:start] + ", ".join(map(_quoted, names)) + text[_entries(text, start)[1] :]


def _with_one_more(text: str, start: int, entries: Sequence[_Entry], name: str) -> str:
    if not entries:
        return text[:start] + _quoted(name) + text[start:]
    last = entries[-1]
    line = text.rfind("\n", 0, last.start) + 1
    indent = text[line : last.start]
    between = f"\n{indent}" if not indent.strip() and line > start else " "
    comma = "," if last.after > last.end else ""
    place = last.after if comma else last.end
    return text[:place] + ("" if comma else ",") + between + _quoted(name) + comma + text[place:]


def _with_one_less(text: str, entries: Sequence[_Entry], gone: _Entry) -> str:
    number = entries.index(gone)
    start, end = gone.start, gone.after
    if number == len(entries) - 1 and number > 0 and gone.after == gone.end:
        before = entries[number - 1]  # its comma goes too, and what stands between it and the name may stay
        text = text[: before.end] + text[before.after :]
        start, end = start - (before.after - before.end), end - (before.after - before.end)
    line = text.rfind("\n", 0, start) + 1
    rest = text.find("\n", end)
    if not text[line:start].strip() and rest >= 0 and not text[end:rest].strip():
        return text[:line] + text[rest + 1 :]  # it had a line of its own
    if not text[line:start].strip():
        return text[:start] + text[end:].lstrip(" ")
    if text[start - 1] == " " and text[end : end + 1] in (" ", "]", "\n"):
        start -= 1
    return text[:start] + text[end:] if text[start - 1] != "[" else text[:start] + text[end:].lstrip(" ")


def _entries(text: str, start: int) -> tuple[list[_Entry], int]:
    """The names from `start` on, and where the closing bracket stands."""
    entries: list[_Entry] = []
    for piece in _PIECE.finditer(text, start):
        if piece["end"]:
            return entries, piece.start()
        if piece["text"]:
            name = tomllib.loads(f"x = {piece['text']}")["x"]
            entries.append(_Entry(name, piece.start(), piece.end(), piece.end()))
        elif piece["comma"] and entries:
            last = entries[-1]
            entries[-1] = _Entry(last.name, last.start, last.end, piece.end())
    return entries, len(text)


def _says(text: str, names: Sequence[str]) -> bool:
    try:
        return tomllib.loads(text).get("plugins") == list(names)
    except tomllib.TOMLDecodeError:
        return False


def _quoted(name: str) -> str:
    return f'"{name}"'
