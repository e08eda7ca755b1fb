"""Pages of directories: whom of LDAP or Active Directory we let in, and what we take over of them."""
