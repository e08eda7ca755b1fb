"""What a new directory begins with, by its kind; and the attributes that our fields are usually read from."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {"openldap": "OpenLDAP or alike", "ad": "Active Directory"}
TLS: Mapping[str, str] = {
    "starttls": "StartTLS (ldap://, then TLS before anything is said)",
    "ldaps": "TLS from the beginning (ldaps://)",
    "none": "None: passwords go over the net in the clear",
}

PHOTO = "photo"
"""Of the map of attributes: the one that is no column of people."""

COMMON: Mapping[str, str] = {
    "position": "10",
    "tls": "starttls",
    "group_name_attribute": "cn",
    "group_member_attribute": "member",
    "manager_attribute": "manager",
    "sync_minutes": "60",
    "sync_threshold": "20",
    "map_email_address": "mail",
    "map_work_phone": "telephoneNumber",
    "map_mobile_phone": "mobile",
    "map_city": "l",
    "map_zip": "postalCode",
    "map_lang": "preferredLanguage",
}
PRESETS: Mapping[str, Mapping[str, str]] = {
    "openldap": {
        **COMMON,
        "kind": "openldap",
        "person_filter": "(objectClass=inetOrgPerson)",
        "login_attributes": "uid, mail",
        "unique_attribute": "entryUUID",
        "group_filter": "(objectClass=groupOfNames)",
        "map_real_name": "cn",
        "map_organization": "o",
        "map_photo": "jpegPhoto",
    },
    "ad": {
        **COMMON,
        "kind": "ad",
        "person_filter": "(&(objectCategory=person)(objectClass=user))",
        "active_filter": "(!(userAccountControl:1.2.840.113556.1.4.803:=2))",
        "login_attributes": "sAMAccountName, userPrincipalName, mail",
        "unique_attribute": "objectGUID",
        "group_filter": "(objectClass=group)",
        "map_real_name": "displayName",
        "map_organization": "company",
        "map_photo": "thumbnailPhoto",
    },
}

FIELDS: Mapping[str, str] = {
    "real_name": "Name",
    "email_address": "Mail address",
    "nick_name": "Nickname",
    "organization": "Organisation (text)",
    "work_phone": "Work phone",
    "mobile_phone": "Mobile phone",
    "home_phone": "Home phone",
    "pager_phone": "Pager",
    "address1": "Address",
    "address2": "Address, second line",
    "city": "City",
    "state": "State",
    "zip": "Postal code",
    "country": "Country",
    "lang": "Language",
    "timezone": "Time zone",
    PHOTO: "Photo",
}
"""Fields of people that a directory may keep."""
