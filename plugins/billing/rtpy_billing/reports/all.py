"""All reports, in the order of the page."""

from rtpy_billing.reports import earning, giving, standing
from rtpy_billing.reports.unbilled import UNBILLED
from rtpy_billing.reports.utilisation import UTILISATION
from rtpy_billing.reports.values import ReportKind

REPORTS: tuple[ReportKind, ...] = (
    UNBILLED,
    UTILISATION,
    *earning.KINDS,
    *standing.KINDS,
    *giving.KINDS,
)
BY_NAME = {each.name: each for each in REPORTS}
