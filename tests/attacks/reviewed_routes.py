"""What it takes to be let in at each address (A26): read and found right by a person; a new address is added here.

One line for each route and permission: the name, the methods, the permission of the view. `staff` means a login of
staff and no more: such a view asks for rights itself, about the thing that it shows.
"""

REVIEWED = """
admin.calendar.create GET,POST AdminCalendars
admin.calendar.delete POST AdminCalendars
admin.calendar.display GET AdminCalendars
admin.calendar.fetch POST AdminCalendars
admin.calendar.list GET AdminCalendars
admin.calendar.modify GET,POST AdminCalendars
admin.calendar.version GET AdminCalendars
admin.catalog.create GET,POST AdminCatalog
admin.catalog.list GET staff
admin.catalog.modify GET,POST staff
admin.class.create GET,POST AdminClass
admin.class.list GET staff
admin.class.modify GET,POST staff
admin.custom_field.create GET,POST AdminCustomField
admin.custom_field.defaults GET,POST AdminCustomField
admin.custom_field.list GET staff
admin.custom_field.modify GET,POST AdminCustomField
admin.custom_field.places GET,POST AssignCustomFields
admin.custom_field.values GET,POST AdminCustomFieldValues
admin.custom_role.create GET,POST AdminCustomRoles
admin.custom_role.list GET AdminCustomRoles
admin.custom_role.modify GET,POST AdminCustomRoles
admin.grants POST ShowConfigTab
admin.directory.create GET,POST SuperUser
admin.directory.delete POST SuperUser
admin.directory.list GET SuperUser
admin.directory.modify GET,POST SuperUser
admin.directory.test GET,POST SuperUser
admin.directory_sync.agree POST SuperUser
admin.directory_sync.display GET SuperUser
admin.directory_sync.drop POST SuperUser
admin.directory_sync.list GET SuperUser
admin.directory_sync.start POST SuperUser
admin.groups.create GET,POST AdminGroup
admin.groups.history GET staff
admin.groups.list GET staff
admin.groups.members GET,POST staff
admin.groups.modify GET,POST staff
admin.home GET ShowConfigTab
admin.lifecycle.create GET,POST SuperUser
admin.lifecycle.delete POST SuperUser
admin.lifecycle.list GET SuperUser
admin.lifecycle.maps GET,POST SuperUser
admin.lifecycle.modify GET,POST SuperUser
admin.lifecycle.rules GET,POST SuperUser
admin.log.list GET SuperUser
admin.plugin.list GET SuperUser
admin.plugin.settings GET,POST SuperUser
admin.logins.list GET AdminUsers
admin.mail.incoming GET SuperUser
admin.mail.incoming.display GET SuperUser
admin.mail.incoming.junk POST SuperUser
admin.mail.incoming.raw GET SuperUser
admin.mail.incoming.retry POST SuperUser
admin.mail.incoming.ticket POST SuperUser
admin.mail.outgoing GET SuperUser
admin.mail.outgoing.cancel POST SuperUser
admin.mail.outgoing.display GET SuperUser
admin.mail.outgoing.hold POST SuperUser
admin.mail.outgoing.hold_all POST SuperUser
admin.mail.outgoing.raw GET SuperUser
admin.mail.outgoing.release POST SuperUser
admin.mail.outgoing.retry POST SuperUser
admin.mail_rule.create GET,POST SuperUser
admin.mail_rule.list GET SuperUser
admin.mail_rule.modify GET,POST SuperUser
admin.mailbox.create GET,POST SuperUser
admin.mailbox.delete POST SuperUser
admin.mailbox.display GET SuperUser
admin.mailbox.fetch POST SuperUser
admin.mailbox.list GET SuperUser
admin.mailbox.modify GET,POST SuperUser
admin.mailbox.test POST SuperUser
admin.queue.create GET,POST AdminQueue
admin.queue.list GET ShowConfigTab
admin.queue.modify GET,POST ShowConfigTab
admin.queue.watchers GET,POST SeeQueue
admin.recurring.create GET,POST SuperUser
admin.recurring.list GET SuperUser
admin.recurring.modify GET,POST SuperUser
admin.rights.explain GET staff
admin.rights.list GET,POST staff
admin.rights.see_as POST login
admin.schedule.create GET,POST SuperUser
admin.schedule.list GET SuperUser
admin.schedule.modify GET,POST SuperUser
admin.scrip_failures GET ShowConfigTab
admin.scrips.create GET,POST ModifyScrips
admin.scrips.dry_run GET ShowScrips
admin.scrips.list GET ShowScrips
admin.scrips.modify GET ShowScrips
admin.scrips.modify POST ModifyScrips
admin.sign_on.create GET,POST SuperUser
admin.sign_on.delete POST SuperUser
admin.sign_on.list GET SuperUser
admin.sign_on.modify GET,POST SuperUser
admin.sign_on.people GET,POST SuperUser
admin.sign_on.test POST SuperUser
admin.styleguide GET ShowConfigTab
admin.suppression.create GET,POST SuperUser
admin.suppression.display GET,POST SuperUser
admin.suppression.list GET SuperUser
admin.templates.create GET,POST ModifyTemplate
admin.templates.list GET ShowTemplate
admin.templates.modify GET,POST ShowTemplate
admin.templates.versions GET ShowTemplate
admin.templates.versions POST ModifyTemplate
admin.topic.create GET,POST staff
admin.topic.list GET staff
admin.topic.modify GET,POST staff
admin.users.create GET,POST AdminUsers
admin.users.export POST AdminUsers
admin.users.groups GET,POST AdminUsers
admin.users.history GET AdminUsers
admin.users.list GET AdminUsers
admin.users.merge GET,POST AdminUsers
admin.users.modify GET,POST AdminUsers
admin.users.organizations GET,POST AdminUsers
admin.users.privacy GET,POST AdminUsers
admin.users.rights GET AdminUsers
admin.users.sessions GET,POST AdminUsers
admin.users.tokens GET,POST AdminUsers
admin.users.tickets GET AdminUsers
admin.webhook.again POST SuperUser
admin.webhook.create GET,POST SuperUser
admin.webhook.delete POST SuperUser
admin.webhook.delivery GET SuperUser
admin.webhook.delivery.again POST SuperUser
admin.webhook.display GET SuperUser
admin.webhook.list GET SuperUser
admin.webhook.modify GET,POST SuperUser
admin.webhook.secret POST SuperUser
admin.webhook.test POST SuperUser
article.create GET,POST staff
article.display GET,POST staff
article.history GET ShowArticleHistory
article.list GET staff
article.modify GET,POST staff
asset.create GET,POST staff
asset.display GET,POST staff
asset.list GET staff
asset.modify GET,POST staff
custom_field.file GET staff
custom_field.thing GET,POST staff
forgot GET,POST open
health GET open
dashboard.create GET,POST staff
dashboard.display GET,POST staff
dashboard.list GET staff
dashboard.modify GET,POST staff
home GET staff
login GET,POST open
logout POST open
mail-gateway any,POST open
metrics GET open
mail.review GET staff
organization.create POST AdminUsers
organization.display GET staff
organization.list GET staff
organization.modify POST AdminUsers
people.account GET,POST staff
people.create GET,POST AdminUsers
people.display GET staff
people.good_address POST staff
people.list GET staff
people.mail GET,POST staff
people.modify POST AdminUsers
people.own_photo GET,POST staff
people.password GET,POST staff
people.photo GET login
people.tokens GET,POST staff
queue.display GET SeeQueue
queue.list GET staff
ready GET open
reset GET,POST open
rest2.page GET staff
rt.attachment GET staff
rest1 any open
rest1.top any open
rest2 any open
rt.create GET open
rt.export GET open
rt.index GET open
rt.page GET open
rt.search GET open
rt.ticket GET open
second_factor.ask GET,POST open
second_factor.overview GET,POST login
second_factor.picture GET login
second_factor.set_up GET,POST login
search.build POST staff
search.bulk GET,POST staff
search.columns GET staff
search.export GET staff
search.feed GET open
search.feeds GET,POST staff
search.print GET staff
search.results GET staff
search.save POST staff
search.saved GET,POST staff
search.bookmarks GET staff
sessions GET,POST staff
sign_on.callback GET open
sign_on.header POST open
sign_on.start POST open
static any open
theme any open
ticket.article GET,POST ShowTicket
ticket.articles GET,POST ShowTicket
ticket.assets GET,POST ShowTicket
ticket.attachment GET ShowTicket
ticket.bookmark POST ShowTicket
ticket.comment POST ShowTicket
ticket.create GET,POST staff
ticket.display GET ShowTicket
ticket.draft POST ShowTicket
ticket.field_file GET ShowTicket
ticket.forward GET,POST ForwardMessage
ticket.hint POST ModifyTicket
ticket.history GET ShowTicket
ticket.inline GET ShowTicket
ticket.links GET,POST ShowTicket
ticket.list GET staff
ticket.mail GET ShowOutgoingEmail
ticket.merge GET,POST ModifyTicket
ticket.modify POST ShowTicket
ticket.people GET,POST ShowTicket
ticket.raw GET ShowTicket
ticket.recipients GET,POST ShowTicket
ticket.reminders POST ShowTicket
ticket.reply POST ShowTicket
ticket.review GET,POST ModifyTicket
ticket.seen POST ShowTicket
ticket.correct GET,POST ShowTicket
ticket.split GET,POST ShowTicket
"""

WORDS = {"__no_permission_required__": "open", "logged in": "login", "None": "any"}


def reviewed():
    """{(route, method): permission} as it was reviewed."""
    found = {}
    for line in REVIEWED.strip().splitlines():
        route, methods, permission = line.split()
        found.update({(route, method): permission for method in methods.split(",")})
    return found


def present(wsgi):
    """The same as the views of the application have it."""
    found = {}
    for view in wsgi.registry.introspector.get_category("views"):
        about = view["introspectable"]
        if about["route_name"] is None or about["route_name"].startswith("extra"):
            continue
        asked = [
            str(each["value"]) if "value" in each else str(each.discriminator)
            for each in view["related"]
            if each.category_name == "permissions"
        ]
        permission = asked[0] if asked else "none"
        methods = about["request_methods"]
        for method in methods if isinstance(methods, tuple) else (str(methods),):
            found[about["route_name"], WORDS.get(method, method)] = WORDS.get(permission, permission)
    return found
