"""All reports, in the order of the page."""

from rtpy_sla.reports import kept, misses, pausing, risk, times
from rtpy_sla.reports.values import ReportKind

REPORTS: tuple[ReportKind, ...] = (
    *risk.KINDS,
    *kept.KINDS,
    *times.KINDS,
    *misses.KINDS,
    *pausing.KINDS,
)
BY_NAME = {each.name: each for each in REPORTS}
