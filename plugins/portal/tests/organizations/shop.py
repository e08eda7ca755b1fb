"""Two organisations with their people, for the tests of their pages."""

from rtpy.models import OrganizationMember
from rtpy_portal.access.grades import Grade
from rtpy_portal.access.members import memberships_of
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.models import MemberRow


class Shop:
    """Acme, with Ann who manages, Bob and Carl; Bell, with Eve."""

    def __init__(self, work, make):
        self.work, self.db, self.make = work, work.db, make
        self.acme = make.organization("Acme", "acme.example")
        self.bell = make.organization("Bell", "bell.example")
        self.ann = make.customer("ann@acme.example", "Ann Abel")
        self.bob = make.customer("bob@acme.example", "Bob Berg")
        self.carl = make.customer("carl@acme.example", "Carl Cole")
        self.eve = make.customer("eve@bell.example", "Eve Edge")

    def say(self, user, grade=Grade.COPIES, organization=None, **switches):
        """What somebody sees and may do, as if staff had said it."""
        of = (organization or self.acme).id
        self.db.add(MemberRow(user_id=user.id, organization_id=of, grade=grade, **switches))
        self.db.flush()

    def put(self, user, organization, site_id=None):
        """Into an organisation, whatever their address."""
        self.db.add(OrganizationMember(organization_id=organization.id, user_id=user.id, site_id=site_id))
        self.db.flush()

    def visitor(self, user, way=Way.ACCOUNT):
        """As they come to the portal."""
        known = memberships_of(self.work.app, self.db, user.id)
        return Visitor(user.id, user.name, user.display_name, way, memberships=known)

    def said(self, user):
        """Grade and switches of somebody in Acme, in a set."""
        (found,) = [each for each in memberships_of(self.work.app, self.db, user.id) if each.name == "Acme"]
        names = ("may_raise", "may_copy", "sees_money", "sees_names", "manages", "is_off")
        return {found.grade.value, *(name for name in names if getattr(found, name))}
