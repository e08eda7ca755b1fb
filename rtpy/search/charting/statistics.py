"""The statements of a chart: which groups there are, and what is measured in each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, String, and_, case, func, literal, null, select

from rtpy.models import Ticket
from rtpy.search.charting.dimension import Dimension, Key
from rtpy.search.charting.measures import COUNT, Measure, Statistic, value_of
from rtpy.search.compile import where
from rtpy.search.fields.field import Asking
from rtpy.search.run import Search, clauses_of, fields_of
from rtpy.search.searched import Target
from rtpy.work import Work

MOST_PAIRS = 1500
"""Groups of two fields that are read before it is known which are shown."""
Counted = tuple[int, tuple[float | None, ...]]
"""How many tickets, and a value for each measure."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The keys of the groups that are shown, and whether there are others, which are then put together."""

    keys: tuple[Key, ...]
    is_cut: bool = False
    samples: dict[Key, str] | None = None
    counts: dict[Key | None, int] | None = None
    has_nothing: bool = True
    """Can there be tickets without a value?"""


def _picked(
    dimension: Dimension, counts: Mapping[Key | None, int], samples: dict[Key, str], most: int
) -> Shown:
    """The groups that are shown of those that there are, in their order."""
    found = [(number, key) for key, number in counts.items() if key is not None]
    keys: list[Key] = [key for _, key in sorted(found, key=lambda each: (-each[0], each[1]))]
    is_cut = len(keys) > most
    keys = keys[:most]
    if not is_cut and keys and len(dimension.fixed) <= most:
        keys += [each for each in dimension.fixed if each not in counts]
    if dimension.order is not None:
        keys.sort(key=dimension.order)
    return Shown(tuple(keys), is_cut, samples, None if is_cut else dict(counts), None in counts)


class Statements:
    """One search on its way to numbers."""

    def __init__(self, work: Work, search: Search, asking: Asking, dimensions: Sequence[Dimension]) -> None:
        self.work, self.search, self.asking = work, search, asking
        self.dimensions = dimensions
        self.clauses = clauses_of(work, search)
        self.connection = work.db.connection()

    def groups(self, dimension: Dimension, most: int) -> Shown:
        """Which groups are shown: the largest, or the steps of time. One statement."""
        if dimension.steps is not None:
            return self._steps(dimension, most)
        sample = dimension.sample if dimension.sample is not None else null()
        asked: Any = select(dimension.key.label("key"), sample.label("sample"))
        rows = self._from(asked, [dimension]).subquery()  # bound values are named once: PostgreSQL wants that
        number = func.count()
        asked = select(rows.c.key, number.label("n"), func.min(rows.c.sample).label("sample"))
        asked = asked.group_by(rows.c.key).order_by(rows.c.key.is_(None).desc(), number.desc(), rows.c.key)
        asked = asked.limit(most + 2)
        found = self.connection.execute(asked).all()
        samples = {row.key: row.sample for row in found if row.sample is not None}
        return _picked(dimension, {row.key: row.n for row in found}, samples, most)

    def pairs(
        self, limits: Sequence[int]
    ) -> tuple[list[Shown], dict[tuple[Key | None, ...], Counted]] | None:
        """For two dimensions the groups and how many tickets are in each pair, in one statement.

        None where there are dates or so many pairs that the groups must be chosen first.
        """
        if len(self.dimensions) != 2 or any(each.steps is not None for each in self.dimensions):
            return None
        samples = [null() if each.sample is None else each.sample for each in self.dimensions]
        named = [each.key.label(f"k{at}") for at, each in enumerate(self.dimensions)]
        named += [each.label(f"s{at}") for at, each in enumerate(samples)]
        rows = self._from(select(*named), self.dimensions).subquery()
        keys = [rows.c.k0, rows.c.k1]
        asked = select(*keys, func.count(), func.min(rows.c.s0), func.min(rows.c.s1)).group_by(*keys)
        found = self.connection.execute(asked.limit(MOST_PAIRS + 1)).all()
        if len(found) > MOST_PAIRS:
            return None
        shown = []
        for at, (dimension, most) in enumerate(zip(self.dimensions, limits, strict=True)):
            counts: Counter[Key | None] = Counter()
            for row in found:
                counts[row[at]] += row[2]
            texts = {row[at]: row[3 + at] for row in found if row[3 + at] is not None}
            shown.append(_picked(dimension, counts, texts, most))
        return shown, {(row[0], row[1]): (row[2], (row[2],)) for row in found}

    def _steps(self, dimension: Dimension, most: int) -> Shown:
        steps = dimension.steps
        assert steps is not None
        asked = self._from(select(func.min(steps.column), func.max(steps.column)), [])
        first, last = self.connection.execute(asked).one()
        if first is None:
            return Shown(())
        begin, end = steps.key_of(first), steps.key_of(last)
        keys = steps.slots(begin, end, most)
        return Shown(tuple(keys), keys[0] != begin or keys[-1] != end)

    def cells(
        self, measures: Sequence[Measure], shown: Sequence[Shown]
    ) -> dict[tuple[Key | None, ...], Counted]:
        """By keys (None: nothing) the number of tickets and the values."""
        if len(shown) == 1 and measures == (COUNT,) and shown[0].counts is not None:
            return {(key,): (n, (n,)) for key, n in shown[0].counts.items()}
        found: dict[tuple[Key | None, ...], tuple[int, list[float | None]]] = {}
        plain = [each for each in measures if each.statistic not in _RANKS]
        for row in self.connection.execute(self._plain(plain, shown)):
            *keys, n = row[: len(shown) + 1]
            values = dict(zip(plain, row[len(shown) + 1 :], strict=True))
            found[tuple(keys)] = (n, [_number(values.get(each)) for each in measures])
        for place, measure in enumerate(measures):
            if measure.statistic in _RANKS:
                for *keys, value in self.connection.execute(self._ranked(measure, shown)):
                    found[tuple(keys)][1][place] = _number(value)
        return {keys: (n, tuple(values)) for keys, (n, values) in found.items()}

    def _plain(self, measures: Sequence[Measure], shown: Sequence[Shown]) -> Any:
        """Count, sum, average, least and most of any number of measures. Keys are named within: PostgreSQL takes two
        bound values for two expressions."""
        of = list(dict.fromkeys(each.of for each in measures if each.of))
        rows = self._rows(shown, of)
        keys = [rows.c[f"k{at}"] for at in range(len(shown))]
        values = [
            func.count() if not each.of else _PLAIN[each.statistic](rows.c[f"v{of.index(each.of)}"])
            for each in measures
        ]
        return select(*keys, func.count(), *values).select_from(rows).group_by(*keys)

    def _ranked(self, measure: Measure, shown: Sequence[Shown]) -> Any:
        """The median, or the least value that nine tenths do not pass: by rank, so that both databases agree."""
        rows = self._rows(shown, [measure.of])
        keys = [rows.c[f"k{at}"] for at in range(len(shown))]
        value = rows.c.v0
        ranked = (
            select(
                *keys,
                value,
                func.row_number().over(partition_by=keys, order_by=value).label("place"),
                func.count().over(partition_by=keys).label("many"),
            )
            .where(value.is_not(None))
            .subquery()
        )
        place, many = ranked.c.place, ranked.c.many
        middle = place.in_([(many + 1) // literal(2), (many + 2) // literal(2)])
        ninety = place == (many * 9 + 9) // literal(10)
        outer = [ranked.c[each.name] for each in keys]
        return (
            select(*outer, func.avg(ranked.c.v0))
            .where(middle if measure.statistic is Statistic.MEDIAN else ninety)
            .group_by(*outer)
        )

    def _rows(self, shown: Sequence[Shown], of: Sequence[str]) -> Any:
        """A row for each ticket in each of its groups: the keys k0 and k1, and values v0, v1 …"""
        keys = [
            self._key(dimension, picked).label(f"k{at}")
            for at, (dimension, picked) in enumerate(zip(self.dimensions, shown, strict=True))
        ]
        values = [value_of(self.asking, each).label(f"v{at}") for at, each in enumerate(of)]
        return self._from(select(*keys, *values), self.dimensions, shown).subquery()

    def _key(self, dimension: Dimension, shown: Shown) -> Any:
        """The key of a row, or what stands for all that are not shown."""
        if not shown.is_cut:
            return dimension.key
        rest = literal(dimension.rest, String if dimension.is_text else BigInteger)
        if dimension.steps is not None:
            column, (begin, end, _) = (
                dimension.steps.column,
                dimension.steps.span(str(shown.keys[0]), str(shown.keys[-1])),
            )
            inside = and_(column >= begin, column < end)
            return case((column.is_(None), null()), (inside, dimension.key), else_=rest)
        if dimension.is_many and not shown.has_nothing:
            return func.coalesce(dimension.key, rest)
        if dimension.is_many:
            nothing = where(fields_of(self.work, Target.TICKETS), dimension.none, self.asking)
            return case((dimension.key.is_not(None), dimension.key), (nothing, null()), else_=rest)
        picked = dimension.key.in_(shown.keys)
        return case((picked, dimension.key), (dimension.key.is_(None), null()), else_=rest)

    def _from(self, query: Any, dimensions: Sequence[Dimension], shown: Sequence[Shown] = ()) -> Any:
        """The tickets of the search, with the rows of what they can have several of; of these only what is shown."""
        query = query.select_from(Ticket)
        for at, each in enumerate(dimensions):
            if each.rows is not None and each.on is not None:
                on = each.on
                if shown and shown[at].is_cut:
                    on = and_(on, each.key.in_(shown[at].keys))
                query = query.outerjoin(each.rows, on)
        return query.where(*self.clauses)


_RANKS = frozenset((Statistic.MEDIAN, Statistic.P90))
_PLAIN: dict[Statistic, Any] = {
    Statistic.SUM: func.sum,
    Statistic.AVERAGE: func.avg,
    Statistic.LEAST: func.min,
    Statistic.MOST: func.max,
}


def _number(value: Any) -> float | None:
    """As both databases say it: whole where it is, else to a millionth."""
    if value is None:
        return None
    number = round(float(value), 6)
    return int(number) if number.is_integer() else number
