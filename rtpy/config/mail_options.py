"""The options of mail, in and out."""

from dataclasses import dataclass

from rtpy.config.option import ADDRESS, Kind, option


@dataclass(frozen=True, slots=True)
class Mail:
    """Mail in and mail out."""

    transport: str = option(
        Kind.CHOICE,
        "file",
        "How mail leaves: file (into mail/ in the home, nothing is sent), smtp or sendmail.",
        choices=("file", "smtp", "sendmail"),
    )
    correspond_address: str = option(
        Kind.TEXT,
        "rt@localhost",
        "Sender of replies for queues that have no address of their own.",
        **ADDRESS,
    )
    comment_address: str = option(
        Kind.TEXT,
        "rt-comment@localhost",
        "Sender of comments for queues that have no address of their own.",
        **ADDRESS,
    )
    smtp_host: str = option(Kind.TEXT, "localhost", "Host of the mail server.")
    smtp_port: int = option(Kind.NUMBER, 25, "Port of the mail server.", minimum=1, maximum=65535)
    smtp_tls: str = option(
        Kind.CHOICE,
        "no",
        "no, starttls (usually port 587) or tls from the first byte (usually port 465).",
        choices=("no", "starttls", "tls"),
    )
    smtp_user: str = option(Kind.TEXT, "", "User name at the mail server; empty: no login.")
    smtp_password: str = option(Kind.TEXT, "", "Password at the mail server.", secret=True)
    sendmail_path: str = option(Kind.TEXT, "/usr/sbin/sendmail", "Program that the transport sendmail runs.")
    max_size: int = option(
        Kind.SIZE, 50 * 1024 * 1024, "Largest mail that is taken in.", minimum=10_000, maximum=2**31
    )
    autoreply_per_hour: int = option(
        Kind.NUMBER, 10, "Automatic answers that one address gets in an hour; 0: none."
    )
    max_new_tickets_per_hour: int = option(
        Kind.NUMBER,
        1500,
        "New tickets that one sender may open by mail in an hour; more are kept and held for a person.",
        minimum=1,
    )
    max_new_tickets_per_domain_per_hour: int = option(
        Kind.NUMBER, 3000, "The same for all senders of one mail domain together.", minimum=1
    )
    max_new_tickets_per_queue_per_hour: int = option(
        Kind.NUMBER, 4000, "The same for all senders to one queue together.", minimum=1
    )
    authserv_id: str = option(
        Kind.TEXT,
        "",
        "Name under which your mail server writes Authentication-Results, to know forged staff; empty: none does.",
    )
    check_dkim: bool = option(
        Kind.SWITCH,
        False,
        "Without authserv_id: check DKIM signatures ourselves, by DNS, to know which mails are proved.",
    )
    trust_staff: str = option(
        Kind.CHOICE,
        "address",
        "When is a mail from a staff address taken as staff's: by its address, or only when it is proved.",
        choices=("address", "proved"),
    )
    autoreply_needs_proof: bool = option(
        Kind.SWITCH,
        False,
        "Answer a mail automatically only when its sender is proved (authserv_id or check_dkim).",
    )
    max_replies_per_hour: int = option(
        Kind.NUMBER,
        100,
        "Mails of one sender that join one ticket in an hour; more are kept and held for a person.",
        minimum=1,
    )
    plus_addresses: bool = option(
        Kind.SWITCH,
        False,
        "Answers come to support+t7.…@ with a keyed hash, bounces to +b…; the mail server must know plus addresses.",
    )
    commands: str = option(
        Kind.CHOICE,
        "off",
        "Lines such as Status: resolved at the top of a mail: off, or obeyed of proved members of staff.",
        choices=("off", "proved"),
    )
    gateway_details: bool = option(
        Kind.SWITCH,
        False,
        "Tell the mail gateway's caller the ticket made and the reason of a refusal; anybody may call it.",
    )
    lmtp_listen: str = option(
        Kind.TEXT,
        "",
        "Where the worker takes mail in by LMTP: 127.0.0.1:2424, or the path of a socket; empty: nowhere.",
        pattern=r"([^\s:/]+|\[[0-9a-fA-F:]+\]):\d{1,5}|/[^\x00\n]{1,100}|",
        expected="an address and a port such as 127.0.0.1:2424, or the path of a socket",
    )
    lmtp_queue: str = option(
        Kind.TEXT,
        "General",
        "Queue of mail by LMTP to correspond_address and comment_address of this section.",
    )
    token_allow: tuple[str, ...] = option(
        Kind.LIST,
        (),
        "Networks and hosts besides the public internet from which mailboxes may get tokens: 10.0.0.0/8, idp.lan:8443.",
    )
    hold: bool = option(Kind.SWITCH, False, "Keep all outgoing mail back until a person releases it.")
    html: str = option(
        Kind.CHOICE,
        "always",
        "Mails have an HTML part beside their text: always, as the template says (by Content-Type), or never.",
        choices=("always", "template", "never"),
    )
    friendly_from: str = option(
        Kind.TEXT,
        "{name} via {rtname}",
        "Name of the sender of mails: {name} is who wrote, {queue} the queue, {rtname} the site.",
    )
    forwarded: str = option(
        Kind.CHOICE,
        "cc",
        "Staff forwards a customer's mail: the customer is the requestor, and who forwarded it a Cc or nobody.",
        choices=("cc", "nobody", "off"),
    )
    several_queues: str = option(
        Kind.CHOICE,
        "each",
        "A mail for several queues makes a ticket in each of them, linked, or one in the first with a remark.",
        choices=("each", "first"),
    )
    reply_policy: str = option(
        Kind.CHOICE,
        "participants",
        "Who may add to a ticket by its subject tag: participants, their organization too, or anyone, internally;"
        " review: mails of strangers wait for a person.",
        choices=("participants", "organization", "anyone", "review"),
    )
