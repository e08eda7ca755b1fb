"""A page in the order of a value that another table keeps: read along its index, what has none comes behind."""

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, Connection, func, select

from rtpy.search.fields.field import Ranked


def page_by_rank(
    db: Connection,
    id: Column[int],
    clauses: Sequence[ColumnElement[bool]],
    ranked: Ranked,
    *,
    descending: bool,
    limit: int,
    offset: int,
) -> list[int]:
    """At most `limit` numbers from the `offset`-th on; `clauses` say over the table of `id` what is found.

    One query where rows with a value fill the page, three where it reaches behind them.
    """
    has_value = ranked.value.is_not(None)
    joined = ranked.table.join(id.table, id == ranked.owner)
    by = (ranked.value.desc(), ranked.owner.desc()) if descending else (ranked.value, ranked.owner)
    ahead = select(id).select_from(joined).where(has_value, *clauses).order_by(*by)
    found = list(db.scalars(ahead.limit(limit).offset(offset)))
    if len(found) == limit:
        return found
    number = offset + len(found)
    if offset and not found:
        number = db.scalar(select(func.count()).select_from(joined).where(has_value, *clauses)) or 0
    behind = (
        select(id)
        .where(
            *clauses, ~select(ranked.owner).where(ranked.owner == id, has_value).correlate(id.table).exists()
        )
        .order_by(id.desc() if descending else id)
        .limit(limit - len(found))
        .offset(max(0, offset - number))
    )
    return found + list(db.scalars(behind))
