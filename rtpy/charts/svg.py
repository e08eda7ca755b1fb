"""Pieces of a drawing: elements of SVG, escaped by the library."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from rtpy.charts.chart import Chart, Series
from rtpy.charts.scale import in_words

WIDTH = 720
LETTER = 7.0
"""How wide a letter of the labels is at most on average, in units of the drawing."""
COLOURS = ("#0b676f", "#c2571a", "#5b54b8", "#a8324f", "#4f7a1d", "#8a6a00", "#2c63b3", "#6b6f73")
"""For readers without our style sheet, such as mails; pages colour by the classes `chart-1` to `chart-8`."""


def canvas(chart: Chart, height: float) -> Element:
    """An empty drawing that screen readers announce by its title."""
    return Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "chart",
            "viewBox": f"0 0 {WIDTH} {number(height)}",
            "role": "group",
            "aria-label": chart.title,
            "font-family": "sans-serif",
            "font-size": "12",
        },
    )


def line(parent: Element, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
    """A straight line of the class `kind`."""
    ends = {"x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2)}
    SubElement(parent, "line", {**ends, "class": kind, "stroke": "#c9c7c0"})


def text(
    parent: Element, x: float, y: float, words: str, *, anchor: str = "start", hidden: bool = False
) -> None:
    """A word or number. `hidden`: not for screen readers, who have it elsewhere."""
    given = {"x": number(x), "y": number(y), "text-anchor": anchor, "fill": "#525a61", "class": "chart-text"}
    if hidden:
        given["aria-hidden"] = "true"
    SubElement(parent, "text", given).text = clean(words)


def mark(parent: Element, chart: Chart, series: Series, place: int) -> Element:
    """The group of one value: a link if it leads somewhere, with the words that are shown and read for it."""
    said = f"{chart.labels[place]}: {in_words(series.values[place], chart.unit)}"
    if len(chart.series) > 1:
        said = f"{chart.labels[place]}, {series.name}: {in_words(series.values[place], chart.unit)}"
    url = series.url(place)
    if url:
        group = SubElement(parent, "a", {"href": clean(url), "aria-label": clean(said)})
    else:
        group = SubElement(parent, "g", {"role": "img", "aria-label": clean(said)})
    SubElement(group, "title").text = clean(said)
    return group


def box(parent: Element, x: float, y: float, width: float, height: float, which: int) -> None:
    """A filled rectangle in the colour of series number `which`, from 0."""
    size = {"width": number(max(width, 0.0)), "height": number(max(height, 0.0)), "rx": "2"}
    place = {"x": number(x), "y": number(y)}
    SubElement(parent, "rect", {**place, **size, **colour(which)})


def colour(which: int) -> dict[str, str]:
    """The class and the colour of series number `which`, from 0."""
    turn = which % len(COLOURS)
    return {"class": f"chart-{turn + 1}", "fill": COLOURS[turn]}


def legend(parent: Element, chart: Chart, top: float) -> float:
    """The names of several series, in as many lines as they need; where the next thing may begin."""
    if len(chart.series) < 2:
        return top
    x, y = 0.0, top
    for which, series in enumerate(chart.series):
        name = shorten(series.name, 30)
        wide = 18 + LETTER * len(name) + 18
        if x and x + wide > WIDTH:
            x, y = 0.0, y + 20
        box(parent, x, y + 3, 12, 12, which)
        text(parent, x + 18, y + 13, name, hidden=True)
        x += wide
    return y + 28


def shorten(words: str, most: int) -> str:
    """Not longer than `most` letters, with an ellipsis where something is missing."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def clean(words: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(
        letter
        for letter in words
        if letter in "\t\n" or " " <= letter < "\ud800" or "\udfff" < letter < "\ufffe" or letter > "\uffff"
    )


def number(value: float) -> str:
    """Short: two digits after the point at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def to_text(drawing: Element) -> str:
    """The drawing as text that can stand in a page."""
    return ElementTree.tostring(drawing, encoding="unicode")
