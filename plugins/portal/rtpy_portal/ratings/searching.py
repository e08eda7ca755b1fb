"""What searches for tickets can ask of ratings, and the column that shows them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ScalarSelect, null, select

from rtpy.models import Ticket
from rtpy.search.columns.column import BroughtColumn
from rtpy.search.columns.column import Kind as ColumnKind
from rtpy.search.compiling.plain import numbers_of
from rtpy.search.compiling.text import NUMBER, compare_number
from rtpy.search.fields.field import Kind, SearchField
from rtpy.work import Work
from rtpy_portal.models import Rating
from rtpy_portal.ratings.words import LABELS, Score
from rtpy_portal.rights import SEE_RATINGS

_LATEST: ScalarSelect[int] = (
    select(Rating.score)
    .where(Rating.ticket_id == Ticket.id)
    .order_by(Rating.created.desc(), Rating.id.desc())
    .limit(1)
    .correlate(Ticket)
    .scalar_subquery()
)


def load_rating(work: Work, ids: Sequence[int]) -> Mapping[int, str]:
    """The latest rating of each ticket, as far as the reader may see ratings. One query."""
    if not work.rights.system(SEE_RATINGS):
        return {}
    rows = work.db.execute(
        select(Rating.ticket_id, Rating.score)
        .where(Rating.ticket_id.in_(ids))
        .order_by(Rating.created, Rating.id)
    )
    return {row.ticket_id: LABELS[Score(row.score)] for row in rows}


FIELDS = {
    "Rating": SearchField(
        "Rating",
        Kind.NUMBER,
        NUMBER,
        lambda asking, term: compare_number(
            _LATEST if asking.work.rights.system(SEE_RATINGS) else null(), term.operator, numbers_of(term)
        ),
        help="The customer’s latest rating: 1 bad, 2 fair, 3 good.",
        order=lambda asking, path: () if path or not asking.work.rights.system(SEE_RATINGS) else (_LATEST,),
    )
}
COLUMNS = {"Rating": BroughtColumn("Rating", ColumnKind.TEXT, load_rating)}
