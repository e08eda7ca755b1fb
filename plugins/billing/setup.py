"""Builds the rtpy-billing distribution: time, agreements and invoices as a plugin of rtpy."""

from pathlib import Path

from setuptools import find_namespace_packages, setup

setup(
    name="rtpy-billing",
    version="0.1.0",
    description="Time, agreements and invoices for rtpy",
    long_description=Path("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    python_requires=">=3.11",
    # also folders without __init__.py: the revisions, templates and static files
    packages=find_namespace_packages(include=["rtpy_billing", "rtpy_billing.*"], exclude=["*__pycache__*"]),
    package_data={"": ["py.typed", "*.pt", "*.txt", "*.toml", "*.typ", "*.css", "*.js", "*.svg", "*.po"]},
    install_requires=["rtpy>=0.1", "typst>=0.15,<0.16", "segno>=1.6,<2"],
    entry_points={"rtpy.plugins": ["billing = rtpy_billing.plugin"]},
    zip_safe=False,
)
