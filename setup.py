"""Builds the rtpy distribution: the package, its data files (share/, etc/) and the console script."""

import os
from pathlib import Path

from setuptools import find_namespace_packages, setup

CORE = [
    "pyramid>=2.1,<3",
    "SQLAlchemy>=2.1.5,<2.2",
    "zope.sqlalchemy>=4.1,<5",
    "transaction>=5.1,<6",
    "pyramid_tm>=2.6,<3",
    "pyramid_retry>=2.1.1,<3",
    "Chameleon>=4.6,<5",
    "waitress>=3.0.2,<4",
    "pluggy>=1.6,<2",
    "packaging>=24",
    "alembic>=1.18,<2",
    "nh3>=0.3,<0.4",
    "charset-normalizer>=3.4,<4",
    "Babel>=2.17",
    "python-liquid>=2.3,<3",
    "simpleeval>=1.0.8,<2",
    "argon2-cffi>=25.1",
    "click>=8.2,<9",
    "rich>=14,<16",
    "orjson>=3.11,<4",
    "tomli-w>=1.1,<2",
    "tzdata",
    "holidays>=0.90",
    "prometheus-client>=0.22,<1",
    "xlsxwriter>=3.2,<4",
    "pypdf>=6,<8",
    # who people are: keys at rest, single sign-on, codes of the second factor and their picture
    "cryptography>=45",
    "Authlib>=1.6,<2",
    "joserfc>=1.4,<2",
    "pyotp>=2.9,<3",
    "segno>=1.6,<2",
    # ways in for mail, and who really sent it
    "IMAPClient>=3.1,<5",
    "aiosmtpd>=1.4.6,<2",
    "dkimpy>=1.1.8,<2",
    "dnspython>=2.7,<3",
]

OPENTELEMETRY = ["opentelemetry-sdk>=1.45,<2", "opentelemetry-exporter-otlp-proto-http>=1.45,<2"]

EXTRAS = {
    "postgres": ["psycopg[binary,pool]>=3.3,<4"],
    # No binary wheel: needs a C compiler, libldap2-dev and libsasl2-dev (see INSTALL).
    "ldap": ["python-ldap>=3.4.8,<4"],
    # Attachments in a bucket: the lowest part of Amazon's own library, which is all that is needed of it.
    "s3": ["botocore>=1.40,<2"],
    # Traces for a collector of OpenTelemetry.
    "otel": OPENTELEMETRY,
    "test": [
        "botocore>=1.40,<2",
        *OPENTELEMETRY,
        "pytest>=9",
        "pytest-xdist",
        "pytest-timeout",
        "WebTest>=3.0.7",
        "hypothesis",
        "playwright",
        "axe-playwright-python",
        "rt>=3.3",
        "authres>=1.2",
        "schemathesis>=4",
        "gunicorn",
        "ruff",
        "mypy",
        "import-linter",
    ],
}


def data_files(*tops: str) -> list[tuple[str, list[str]]]:
    """Every file below `tops`, to be installed under PREFIX/share/rtpy with the same folders."""
    found = []
    for top in tops:
        for folder, _, names in os.walk(top):
            if names:
                found.append((f"share/rtpy/{folder}", [f"{folder}/{name}" for name in sorted(names)]))
    return found


setup(
    name="rtpy",
    version="0.1.0",
    description="A self-hosted ticketing server in the manner of Request Tracker, for IT consultancies",
    long_description=Path("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    python_requires=">=3.11",
    # also folders without __init__.py, such as the revisions of the database
    packages=find_namespace_packages(include=["rtpy", "rtpy.*"], exclude=["*__pycache__*"]),
    package_data={"rtpy": ["py.typed"], "rtpy.migrations": ["*.mako"]},
    data_files=data_files("share", "etc"),
    install_requires=CORE,
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["rtpy = rtpy.cli.main:main"]},
    zip_safe=False,
)
