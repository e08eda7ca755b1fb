"""Charts in mails: numbers and bars without SVG, nothing unescaped."""

from rtpy.charts.chart import Chart, Series, Unit
from rtpy.charts.mail_table import BAR_WIDTH, chart_as_table


def test_bars_are_as_long_as_their_values_and_numbers_stand_beside_them():
    series = Series("Tickets", (4, 1, None, 0), ("https://rt.example/a?b&c", "", "", ""))
    table = chart_as_table(Chart("Open", ("Ann", "Bob", "Cleo", "Dan"), (series,), "Owner", "Tickets"))
    assert [f'width="{each}"' in table for each in (BAR_WIDTH, BAR_WIDTH // 4)] == [True, True]
    assert table.count("bgcolor") == 2
    assert '<a href="https://rt.example/a?b&amp;c"' in table
    assert [word for word in ("<svg", "class=", "<script", "url(") if word in table] == []


def test_of_several_series_each_has_a_row_where_it_has_a_value():
    chart = Chart("Work", ("Jan", "Feb"), (Series("A", (60, 0)), Series("B", (30, 90))), unit=Unit.MINUTES)
    table = chart_as_table(chart)
    assert (table.count('scope="row"'), "1 h 30 min" in table) == (3, True)


def test_names_are_text_whatever_they_hold_and_nothing_makes_no_table():
    evil = "<b onclick=x>\x00\ud800&"
    table = chart_as_table(Chart(evil, (evil,), (Series(evil, (1,), ("https://x/?\"'<",)),), evil, evil))
    assert [sign for sign in ("<b ", "\x00", "\ud800", "\"'<") if sign in table] == []
    assert table.count("&lt;b onclick=x&gt;&amp;") == 4
    assert chart_as_table(Chart("x", ("a",), (Series("s", (None,)),))) == ""
