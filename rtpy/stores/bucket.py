"""Bytes in a bucket of a server that speaks S3, whoever runs it; the library is asked for when it is needed."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from rtpy.config.attachment_options import Attachments
from rtpy.errors import Invalid, Problem
from rtpy.ports import Kept

CONNECT_SECONDS = 5
READ_SECONDS = 20
"""Of silence: a large file may take longer."""
_HASH = re.compile(r"[0-9a-f]{64}")

T = TypeVar("T")


class BucketKeeper:
    """Keeps bytes as objects `PREFIXab/cd/abcd…`, so that a bucket and a folder can be copied into each other.

    The server's certificate is verified, every call has time-outs and at most one more try.
    """

    name = "s3"

    def __init__(self, options: Attachments) -> None:
        """Asks nothing of the server yet. Raises Invalid when the library is not installed."""
        self._bucket = options.s3_bucket
        self._prefix = options.s3_prefix
        self._client, self._errors, self._refusal = _connect(options)

    def is_set_up(self) -> bool:
        """Always: a bucket that is not there refuses by itself."""
        return True

    def set_up(self) -> None:
        """Nothing: buckets are made by who owns them."""

    def keep(self, sha256: str, data: bytes) -> None:
        """Store the bytes, unless they are there in the same size; raises OSError."""
        there = self._ask(lambda: self._client.head_object(Bucket=self._bucket, Key=self._key(sha256)))
        if there is None or there["ContentLength"] != len(data):
            self._ask(
                lambda: self._client.put_object(Bucket=self._bucket, Key=self._key(sha256), Body=data),
                missing_is_fine=False,
            )

    def read(self, sha256: str) -> bytes | None:
        """The bytes; None when there are none. Raises OSError."""

        def fetch() -> bytes:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(sha256))
            data: bytes = answer["Body"].read()
            return data

        found: bytes | None = self._ask(fetch)
        return found

    def remove(self, sha256: str) -> None:
        """Delete the object; raises OSError."""
        self._ask(lambda: self._client.delete_object(Bucket=self._bucket, Key=self._key(sha256)))

    def listed(self) -> Iterator[Kept]:
        """Every object below the prefix with a hash for a name, a thousand at a time; raises OSError."""
        more: dict[str, str] = {}
        while True:
            asked = {"Bucket": self._bucket, "Prefix": self._prefix, **more}
            page = self._ask(lambda: self._client.list_objects_v2(**asked), missing_is_fine=False)  # noqa: B023
            for item in page.get("Contents", ()):
                name = item["Key"].rpartition("/")[2]
                if _HASH.fullmatch(name):
                    written: datetime = item["LastModified"]
                    yield Kept(name, written)
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def tidy(self, before: datetime) -> int:
        """Nothing: an object that is half sent is none."""
        return 0

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _ask(
        self, call: Callable[[], T], *, missing_is_fine: bool = True
    ) -> Any:  # Any: as the library answers
        """What the server answers; None for an object that it does not have. Its errors become OSError."""
        try:
            return call()
        except self._refusal as refused:
            said = refused.response  # type: ignore[attr-defined]
            code = str(said.get("Error", {}).get("Code", ""))
            if missing_is_fine and code in ("404", "NoSuchKey", "NotFound"):
                return None
            raise OSError(f"the bucket {self._bucket} answers {code or 'with an error'}") from refused
        except self._errors as error:
            raise OSError(f"the bucket {self._bucket} cannot be used: {type(error).__name__}") from error


def _connect(options: Attachments) -> tuple[Any, tuple[type[Exception], ...], type[Exception]]:
    """A client, all that it raises, and what it raises when the server answered. Any: the library is untyped."""
    try:
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    except ImportError as missing:
        raise Invalid(
            Problem(
                "attachments.store",
                "attachments.store is s3, and the library for it is missing: install rtpy[s3].",
            )
        ) from missing
    keys = {}
    if options.s3_access_key:
        keys = {
            "aws_access_key_id": options.s3_access_key,
            "aws_secret_access_key": options.s3_secret_key,
        }
    client = botocore.session.get_session().create_client(
        "s3",
        region_name=options.s3_region,
        endpoint_url=options.s3_endpoint or None,
        verify=options.s3_ca_file or True,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": 2, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": "path" if options.s3_path_style else "virtual"},
            # others than the inventor of the protocol do not all know these
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
        **keys,
    )
    # while the body is read the errors below the library come through
    from urllib3.exceptions import HTTPError

    return client, (BotoCoreError, HTTPClientError, HTTPError, OSError), ClientError
