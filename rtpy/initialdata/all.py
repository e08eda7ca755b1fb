"""All sections of a set-up file, in the order in which they are made true: what others name comes first."""

from rtpy.initialdata.section import Section
from rtpy.initialdata.sections.articles import CLASSES, TOPICS
from rtpy.initialdata.sections.calendars import CALENDARS
from rtpy.initialdata.sections.catalog_people import CATALOG_PEOPLE
from rtpy.initialdata.sections.catalogs import CATALOGS
from rtpy.initialdata.sections.custom_fields import CUSTOM_FIELDS
from rtpy.initialdata.sections.custom_roles import CUSTOM_ROLES
from rtpy.initialdata.sections.groups import GROUPS
from rtpy.initialdata.sections.lifecycles import LIFECYCLE_MAPS, LIFECYCLES
from rtpy.initialdata.sections.mail import MAIL_RULES, MAILBOXES, SUPPRESSED_ADDRESSES
from rtpy.initialdata.sections.plugin_settings import PLUGIN_SETTINGS
from rtpy.initialdata.sections.queues import QUEUES
from rtpy.initialdata.sections.rights import RIGHTS
from rtpy.initialdata.sections.schedules import RECURRENCES, SCHEDULES
from rtpy.initialdata.sections.scrips import SCRIPS
from rtpy.initialdata.sections.searches import DASHBOARDS, SEARCHES
from rtpy.initialdata.sections.templates import TEMPLATES
from rtpy.initialdata.sections.users import USERS
from rtpy.initialdata.sections.watchers import WATCHERS
from rtpy.initialdata.sections.ways_in import DIRECTORIES, SIGN_ON_PROVIDERS

SECTIONS: tuple[Section, ...] = (
    USERS,
    GROUPS,
    LIFECYCLES,
    LIFECYCLE_MAPS,
    CALENDARS,
    QUEUES,
    CATALOGS,
    CUSTOM_ROLES,
    CLASSES,
    TOPICS,
    CUSTOM_FIELDS,
    WATCHERS,
    CATALOG_PEOPLE,
    TEMPLATES,
    SCRIPS,
    SCHEDULES,
    RECURRENCES,
    SEARCHES,
    DASHBOARDS,
    DIRECTORIES,
    SIGN_ON_PROVIDERS,
    MAILBOXES,
    MAIL_RULES,
    SUPPRESSED_ADDRESSES,
    PLUGIN_SETTINGS,
    RIGHTS,
)
