"""A service report as a PDF that looks like a firm's letter: set by typst, readable aloud, fit for an archive."""

import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import typst

from rtpy_sla.printed.figures import Figures
from rtpy_sla.printed.laid_out import lay_out

TEMPLATES = Path(__file__).parent / "typeset"
STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
ENDLESS = re.compile(r"\S{24}(?=\S{5})")
BREAK = "\u200b"  # where a line may break, without a hyphen or a space


def render(figures: Figures) -> bytes:
    """The pages. The same figures give the same bytes.

    Text is data throughout: it goes in as JSON and is never read as markup.
    """
    first = datetime.fromisoformat(figures.month).replace(tzinfo=UTC)
    created = int((first + timedelta(days=32)).replace(day=1).timestamp())
    inputs = {"document": json.dumps(_readable(lay_out(figures)))}
    compiler = typst.Compiler(TEMPLATES / "service.typ", root=TEMPLATES, font_paths=_fonts())
    try:
        made = compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=STANDARDS, timestamp=created)
    except typst.TypstError as error:
        # An archive's PDF may not lack a letter; where no font of this machine has one, it goes out without the seal.
        if "could not be displayed" not in str(error):
            raise
        made = compiler.compile(sys_inputs=inputs, format="pdf", timestamp=created)
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the machine, looked for once."""
    return typst.Fonts()


def _readable(value: Any) -> Any:  # Any: JSON
    """The texts without signs that no page can show, and with places where an endless word may break."""
    if isinstance(value, str):
        return ENDLESS.sub(lambda word: f"{word[0]}{BREAK}", CONTROLS.sub("", value))
    if isinstance(value, dict):
        return {key: _readable(each) for key, each in value.items()}
    return [_readable(each) for each in value] if isinstance(value, list) else value
