"""The rights of the portal: for staff. What customers may do is said for each person of an organisation."""

from rtpy.rights.names import SYSTEM, Category, RightHelp

ADMIN_PORTAL = "AdminPortal"
WRITE_KNOWLEDGE = "WriteKnowledge"
PUBLISH_KNOWLEDGE = "PublishKnowledge"
MANAGE_ISSUES = "ManageIssues"
SEE_RATINGS = "SeeRatings"
MANAGE_PORTAL_PEOPLE = "ManagePortalPeople"

_SYSTEM, _STAFF, _ADMIN = (SYSTEM,), Category.STAFF, Category.ADMIN

RIGHTS = {
    WRITE_KNOWLEDGE: RightHelp(
        _SYSTEM, _STAFF, "Write pages of knowledge and ask for their review; answer questions under them."
    ),
    PUBLISH_KNOWLEDGE: RightHelp(_SYSTEM, _STAFF, "Publish pages of knowledge, withdraw them, set up books."),
    MANAGE_ISSUES: RightHelp(
        _SYSTEM, _STAFF, "Write known issues and their updates, link tickets to them, close them."
    ),
    SEE_RATINGS: RightHelp(_SYSTEM, _STAFF, "See what customers rated and said, and the reports on it."),
    MANAGE_PORTAL_PEOPLE: RightHelp(
        _SYSTEM, _STAFF, "Say what people of organisations see and may do in the portal; withdraw their keys."
    ),
    ADMIN_PORTAL: RightHelp(
        _SYSTEM, _ADMIN, "Set up the portal: what can be asked, how it looks, its words."
    ),
}
