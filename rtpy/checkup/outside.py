"""What lies outside this machine: the way out for mail, tried without sending any."""

import os
import shutil
from collections.abc import Iterator

from rtpy.app import App
from rtpy.checkup.finding import Finding, fine, note, wrong
from rtpy.mail.transport import SmtpTransport


def look_at_mail(app: App, *, net: bool) -> Iterator[Finding]:
    """How mail leaves. With `net` the mail server is called, up to login; no mail is sent."""
    mail = app.config.mail
    about = "mail"
    if mail.transport == "file":
        yield note(about, f"kept in {app.config.mail_directory}, nothing is sent (mail.transport is file)")
    elif mail.transport == "sendmail":
        if os.access(shutil.which(mail.sendmail_path) or mail.sendmail_path, os.X_OK):
            yield fine(about, f"goes out through {mail.sendmail_path}")
        else:
            yield wrong(
                about, f"there is no program {mail.sendmail_path}", "see mail.sendmail_path in rtpy.toml"
            )
    else:
        server = f"{mail.smtp_host}:{mail.smtp_port}"
        if not net:
            yield fine(about, f"goes out through {server} (not tried; --net does)")
            return
        try:
            SmtpTransport(mail, app.config.organization).greet()
        except OSError as error:
            yield wrong(
                about,
                f"{server} does not take mail from us: {error}",
                "see mail.smtp_host and its companions",
            )
        else:
            yield fine(about, f"{server} lets us in")
