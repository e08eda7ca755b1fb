"""The tables: one noun a file, no queries; this page names them all."""

from rtpy.models.ace import Ace
from rtpy.models.article import Article, ArticleClass, ArticleTopic, ClassPlace, Topic
from rtpy.models.asset import Asset, AssetLink, AssetWatcher, Catalog
from rtpy.models.attachment import Attachment
from rtpy.models.auth_token import AuthToken
from rtpy.models.blob import Blob
from rtpy.models.bookmark import Bookmark, ReadMark
from rtpy.models.chore_run import ChoreRun, ServerCertificate
from rtpy.models.config_change import ConfigChange
from rtpy.models.configuration import Configuration
from rtpy.models.custom_field import (
    CustomField,
    CustomFieldContent,
    CustomFieldDefault,
    CustomFieldPlace,
    CustomFieldValue,
)
from rtpy.models.custom_role import CustomRole, CustomRolePlace
from rtpy.models.dashboard import Dashboard, DashboardSubscription, HomeDashboard
from rtpy.models.directory import DirectoryPerson, UserDirectory
from rtpy.models.directory_run import (
    DirectoryGroup,
    DirectoryHold,
    DirectoryRun,
    DirectoryRunLine,
    DirectorySync,
)
from rtpy.models.draft import Draft
from rtpy.models.feed_key import FeedKey
from rtpy.models.group import Group, GroupClosure, GroupMember
from rtpy.models.hook_day import HookDay
from rtpy.models.incoming_mail import IncomingMail
from rtpy.models.lifecycle import LifecycleMap, StoredLifecycle
from rtpy.models.link import Link
from rtpy.models.login_event import LoginEvent
from rtpy.models.mail_rule import MailHint, MailRule
from rtpy.models.mailbox import Mailbox, MailboxMessage, MailboxState
from rtpy.models.notification_choice import DigestItem, NotificationChoice, SuppressedAddress
from rtpy.models.organization import Organization, OrganizationDomain, OrganizationMember, OrganizationSite
from rtpy.models.outgoing_mail import OutgoingMail, OutgoingRecipient
from rtpy.models.password_reset import PasswordReset
from rtpy.models.plugin_setting import PluginSetting
from rtpy.models.principal import Principal
from rtpy.models.queue import Queue
from rtpy.models.rate_counter import RateCounter
from rtpy.models.recurrence import Recurrence, RecurrenceTicket
from rtpy.models.repeated_request import RepeatedRequest
from rtpy.models.saved_search import QueueSearch, SavedSearch, SearchPin
from rtpy.models.schedule import Schedule, ScheduleDone, ScheduleRun
from rtpy.models.schema_revision import SchemaRevision, SchemaStep
from rtpy.models.scrip import (
    Scrip,
    ScripAction,
    ScripCondition,
    ScripCount,
    ScripQueue,
    ScripRun,
    Template,
    TemplateVersion,
)
from rtpy.models.search_document import SearchDocument, SearchPending, SearchState
from rtpy.models.second_factor import PendingLogin, RecoveryCode, SecondFactor
from rtpy.models.sign_on_provider import SignOn, SignOnLink, SignOnProvider
from rtpy.models.squelch import Squelch
from rtpy.models.ticket import Ticket
from rtpy.models.transaction import Transaction
from rtpy.models.user import User, UserAddress
from rtpy.models.user_photo import PhotoSource, UserPhoto
from rtpy.models.watcher import Watcher
from rtpy.models.web_session import WebSession
from rtpy.models.webhook import Webhook, WebhookState
from rtpy.models.webhook_delivery import WebhookDelivery
from rtpy.models.work_calendar import CalendarFeed, CalendarVersion, WorkCalendar

__all__ = [
    "Ace",
    "Article",
    "ArticleClass",
    "ArticleTopic",
    "Asset",
    "AssetLink",
    "AssetWatcher",
    "Attachment",
    "AuthToken",
    "Blob",
    "Bookmark",
    "CalendarFeed",
    "CalendarVersion",
    "Catalog",
    "ChoreRun",
    "ClassPlace",
    "ConfigChange",
    "Configuration",
    "CustomField",
    "CustomFieldContent",
    "CustomFieldDefault",
    "CustomFieldPlace",
    "CustomFieldValue",
    "CustomRole",
    "CustomRolePlace",
    "Dashboard",
    "DashboardSubscription",
    "DigestItem",
    "DirectoryGroup",
    "DirectoryHold",
    "DirectoryPerson",
    "DirectoryRun",
    "DirectoryRunLine",
    "DirectorySync",
    "Draft",
    "FeedKey",
    "Group",
    "GroupClosure",
    "GroupMember",
    "HomeDashboard",
    "HookDay",
    "IncomingMail",
    "LifecycleMap",
    "Link",
    "LoginEvent",
    "MailHint",
    "MailRule",
    "Mailbox",
    "MailboxMessage",
    "MailboxState",
    "NotificationChoice",
    "Organization",
    "OrganizationDomain",
    "OrganizationMember",
    "OrganizationSite",
    "OutgoingMail",
    "OutgoingRecipient",
    "PasswordReset",
    "PendingLogin",
    "PhotoSource",
    "PluginSetting",
    "Principal",
    "Queue",
    "QueueSearch",
    "RateCounter",
    "ReadMark",
    "RecoveryCode",
    "Recurrence",
    "RecurrenceTicket",
    "RepeatedRequest",
    "SavedSearch",
    "Schedule",
    "ScheduleDone",
    "ScheduleRun",
    "SchemaRevision",
    "SchemaStep",
    "Scrip",
    "ScripAction",
    "ScripCondition",
    "ScripCount",
    "ScripQueue",
    "ScripRun",
    "SearchDocument",
    "SearchPending",
    "SearchPin",
    "SearchState",
    "SecondFactor",
    "ServerCertificate",
    "SignOn",
    "SignOnLink",
    "SignOnProvider",
    "Squelch",
    "StoredLifecycle",
    "SuppressedAddress",
    "Template",
    "TemplateVersion",
    "Ticket",
    "Topic",
    "Transaction",
    "User",
    "UserAddress",
    "UserDirectory",
    "UserPhoto",
    "Watcher",
    "WebSession",
    "Webhook",
    "WebhookDelivery",
    "WebhookState",
    "WorkCalendar",
]
