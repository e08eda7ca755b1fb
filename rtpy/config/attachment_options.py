"""The option table of the section `attachments`: where the files of tickets lie."""

from dataclasses import dataclass

from rtpy.config.option import Kind, option


@dataclass(frozen=True, slots=True)
class Attachments:
    """Where the files of tickets lie. The text of messages is always in the database."""

    store: str = option(
        Kind.CHOICE,
        "database",
        "Where new files go; those that are there already stay until rtpy attachments move takes them along.",
        choices=("database", "folder", "s3"),
    )
    folder: str = option(
        Kind.FOLDER,
        "",
        "Folder for the store folder, shared by all machines; empty: attachments in the home.",
    )
    s3_endpoint: str = option(
        Kind.TEXT,
        "",
        "Address of the S3 server, such as https://minio.lan:9000; empty: Amazon's of the region.",
        pattern=r"(https://[^\s/?#]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)?/?",
        expected="an address that begins with https:// (http:// on this machine only)",
    )
    s3_bucket: str = option(
        Kind.TEXT,
        "",
        "Bucket of the store s3; it must exist.",
        pattern=r"([A-Za-z0-9][A-Za-z0-9._-]{1,62})?",
        expected="the name of a bucket: letters, digits, dots and dashes",
    )
    s3_region: str = option(
        Kind.TEXT, "us-east-1", "Region of the bucket; most servers of one's own take any."
    )
    s3_prefix: str = option(
        Kind.TEXT,
        "",
        "What the names of all objects begin with, such as rtpy/; empty: nothing.",
        pattern=r"([A-Za-z0-9._-]+/)*",
        expected="words that each end with a slash",
    )
    s3_path_style: bool = option(
        Kind.SWITCH, True, "Name the bucket in the path of addresses, not in the host; Amazon takes both."
    )
    s3_ca_file: str = option(
        Kind.TEXT, "", "File of certificates that the S3 server's is checked against; empty: the usual ones."
    )
    s3_access_key: str = option(
        Kind.TEXT,
        "",
        "Access key; empty: what the machine itself has (AWS_ACCESS_KEY_ID, an instance's role).",
    )
    s3_secret_key: str = option(
        Kind.TEXT, "", "Secret key that belongs to it; better in RTPY_ATTACHMENTS_S3_SECRET_KEY.", secret=True
    )
