"""Every address of the pages of service levels: `sla.NOUN.DEED` is the module `rtpy_sla/web/NOUN/DEED.py`."""

from rtpy.http.resources import ticket_resource
from rtpy.web.routes import ID, Address

MONTH = r"{month:\d{4}-\d{2}}"
CLOCK = r"{target:[a-z_]{1,20}}/{cycle:\d{1,6}}"

ADDRESSES: tuple[Address, ...] = (
    Address("sla.clocks.list", f"/sla/tickets/{ID}/clocks", ticket_resource),
    Address("sla.clocks.display", f"/sla/tickets/{ID}/clocks/{CLOCK}", ticket_resource),
    Address("sla.tickets.ball", f"/sla/tickets/{ID}/ball", ticket_resource),
    Address("sla.tickets.policy", f"/sla/tickets/{ID}/policy", ticket_resource),
    Address("sla.tickets.promise", f"/sla/tickets/{ID}/promise", ticket_resource),
    Address("sla.composer.reading", "/sla/moment"),
    Address("sla.policies.list", "/admin/sla/policies"),
    Address("sla.policies.create", "/admin/sla/policies/create"),
    Address("sla.policies.trying", "/admin/sla/policies/try"),
    Address("sla.policies.modify", f"/admin/sla/policies/{ID}"),
    Address("sla.policies.versions", f"/admin/sla/policies/{ID}/versions"),
    Address("sla.ladders.list", "/admin/sla/ladders"),
    Address("sla.ladders.create", "/admin/sla/ladders/create"),
    Address("sla.ladders.modify", f"/admin/sla/ladders/{ID}"),
    Address("sla.firings.list", "/admin/sla/firings"),
    Address("sla.levels.list", "/admin/sla/levels"),
    Address("sla.levels.create", "/admin/sla/levels/create"),
    Address("sla.levels.queues", "/admin/sla/levels/queues"),
    Address("sla.levels.modify", f"/admin/sla/levels/{ID}"),
    Address("sla.service_reports.list", "/sla/service-reports"),
    Address("sla.service_reports.pdf", f"/sla/service-reports/{ID}/{MONTH}.pdf"),
    Address("sla.service_reports.display", f"/sla/service-reports/{ID}/{MONTH}"),
    Address("sla.reports.list", "/sla/reports"),
    Address("sla.reports.behind", "/sla/reports/clocks"),
    Address("sla.reports.download", "/sla/reports/{name:[a-z]+}.{format:csv|xlsx}"),
    Address("sla.reports.display", "/sla/reports/{name:[a-z]+}"),
)
