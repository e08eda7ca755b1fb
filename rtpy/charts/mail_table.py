"""A chart for mails: a table whose bars are cells with a width, since programs for mail show no SVG."""

from html import escape

from rtpy.charts.chart import Chart, Series
from rtpy.charts.scale import in_words
from rtpy.charts.svg import COLOURS, clean

BAR_WIDTH = 220
"""Pixels of the longest bar."""
_TABLE = "border-collapse:collapse;font-family:sans-serif;font-size:14px;color:#1d2429"
_LABEL = "padding:3px 12px 3px 0;text-align:left;font-weight:normal;vertical-align:top"
_NUMBER = "padding:3px 0 3px 8px;text-align:right;white-space:nowrap;vertical-align:top"
_HEAD = "padding:3px 12px 3px 0;text-align:left;border-bottom:1px solid #c9c7c0"


def chart_as_table(chart: Chart) -> str:
    """The chart as HTML with styles of its own, nothing from elsewhere: one row for each label and series.

    Values are told in figures too. Names are escaped, addresses are those of the chart and must be whole ones.
    Empty text where there is nothing to be seen.
    """
    if chart.is_empty:
        return ""
    most = max((abs(value) for each in chart.series for value in each.values if value is not None), default=0)
    several = len(chart.series) > 1
    head = [chart.label_title or " ", *([" "] if several else []), chart.value_title or " "]
    cells = "".join(
        f'<th scope="col"{_columns(at, len(head))} style="{_HEAD}">{_text(words)}</th>'
        for at, words in enumerate(head)
    )
    rows = "".join(_rows(chart, place, most, several) for place in range(len(chart.labels)))
    return (
        f'<table cellpadding="0" cellspacing="0" border="0" style="{_TABLE}">'
        f'<caption style="padding:0 0 6px;text-align:left;font-weight:bold">{_text(chart.title)}</caption>'
        f"<thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _rows(chart: Chart, place: int, most: float, several: bool) -> str:
    """The rows of one label; of several series those that have a value there."""
    found = [
        (which, each)
        for which, each in enumerate(chart.series)
        if not several or each.values[place] not in (None, 0)
    ]
    lines = []
    for at, (which, series) in enumerate(found or [(0, chart.series[0])]):
        label = chart.labels[place] if not at else ""
        name = f'<td style="{_LABEL}">{_text(series.name)}</td>' if several else ""
        begin = f'<th scope="row" style="{_LABEL}">{_text(label)}</th>'
        lines.append(f"<tr>{begin}{name}{_bar(chart, series, place, which, most)}</tr>")
    return "".join(lines)


def _bar(chart: Chart, series: Series, place: int, which: int, most: float) -> str:
    value = series.values[place]
    wide = round(abs(value) / most * BAR_WIDTH) if value and most else 0
    colour = COLOURS[which % len(COLOURS)]
    drawn = ""
    if wide or value:
        drawn = (
            f'<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>'
            f'<td width="{max(wide, 1)}" height="14" bgcolor="{colour}" '
            f'style="width:{max(wide, 1)}px;height:14px;background:{colour};font-size:1px">&nbsp;</td></tr></table>'
        )
    words = _text(in_words(value, chart.unit))
    if url := series.url(place):
        words = f'<a href="{escape(clean(url))}" style="color:#0b676f">{words}</a>'
    return f'<td style="padding:3px 0">{drawn}</td><td style="{_NUMBER}">{words}</td>'


def _columns(at: int, many: int) -> str:
    """The bar and the figure share the last heading."""
    return ' colspan="2"' if at == many - 1 else ""


def _text(words: str) -> str:
    return escape(clean(words)) or "&nbsp;"
