"""Files in a bucket: over TLS that is verified, signed, and with sentences when the server is away."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from rtpy.config import Config
from rtpy.config.load import BadConfig
from rtpy.errors import Invalid, Unavailable
from rtpy.stores.build import store_of
from rtpy.stores.sweeping import sweep
from rtpy.testing.bucket_server import ACCESS_KEY, SECRET_KEY, running_bucket

FILE = b"\x00\xffnot text" * 999
SHA = hashlib.sha256(FILE).hexdigest()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_bucket(tmp_path_factory.mktemp("bucket")) as bucket:
        yield bucket


@pytest.fixture
def bucket(server):
    server.objects.clear()
    server.fails = 0
    return server


@pytest.fixture
def build(bucket, tmp_path):
    """A store with these options beside the usual ones."""

    def build(**options):
        usual = {
            "store": "s3",
            "s3_endpoint": bucket.url,
            "s3_bucket": "files",
            "s3_prefix": "rt/",
            "s3_access_key": ACCESS_KEY,
            "s3_secret_key": SECRET_KEY,
            "s3_ca_file": str(bucket.authority),
        }
        given = {f"attachments__{name}": value for name, value in {**usual, **options}.items()}
        return store_of(Config.for_tests(tmp_path, **given))

    return build


def test_files_go_to_the_bucket_and_come_back(build, bucket, db):
    store = build()
    assert store.put(db, FILE) == [SHA]
    assert list(bucket.objects) == [f"rt/{SHA[:2]}/{SHA[2:4]}/{SHA}"]
    assert store.get(db, SHA) == FILE
    bucket.calls.clear()
    store.put(db, FILE)
    assert bucket.calls == ["HEAD"]  # it is not sent twice
    bucket.objects[f"rt/{SHA[:2]}/{SHA[2:4]}/{SHA}"] = (FILE[:-1] + b"!", datetime.now(UTC))
    with pytest.raises(OSError, match="damaged"):
        store.get(db, SHA)


def test_a_sweep_reads_page_after_page(build, bucket, db, app, clock):
    app.blobs = build()
    with db.begin_nested() as undone:
        app.blobs.put(db, *(b"undone %d" % number for number in range(5)))
        undone.rollback()
    app.blobs.put(db, FILE)
    db.commit()
    clock.set(datetime.now(UTC) + timedelta(hours=25))
    assert sweep(app) == 5
    assert len(bucket.objects) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"s3_ca_file": ""},  # nobody vouches for its certificate
        {"s3_secret_key": "another"},
        {"s3_bucket": "elsewhere"},
    ],
)
@pytest.mark.databases("sqlite")  # no database is asked
def test_a_server_that_is_not_trusted_or_refuses_us_is_told_in_a_sentence(build, db, wrong, caplog):
    with pytest.raises(Unavailable, match="Please try again"):
        build(**wrong).put(db, FILE)
    assert SECRET_KEY not in caplog.text


@pytest.mark.databases("sqlite")  # no database is asked
def test_an_answer_of_the_server_that_says_not_now_stores_nothing(build, bucket, db):
    store = build()
    bucket.fails = 503
    with pytest.raises(Unavailable):
        store.put(db, FILE)
    bucket.fails = 0
    assert store.put(db, FILE) == [SHA]


def test_options_that_make_no_sense_are_refused(tmp_path):
    with pytest.raises(Invalid, match=r"name attachments\.s3_bucket"):
        store_of(Config.for_tests(tmp_path, attachments__store="s3"))
    with pytest.raises(BadConfig, match="begins with https"):
        Config.for_tests(tmp_path, attachments__s3_endpoint="http://minio.example")
