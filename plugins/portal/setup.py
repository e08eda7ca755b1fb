"""Builds the rtpy-portal distribution: the customer's side, as a plugin of rtpy."""

from pathlib import Path

from setuptools import find_namespace_packages, setup

setup(
    name="rtpy-portal",
    version="0.1.0",
    description="The customer's side of rtpy: portal, knowledge, known issues, ratings",
    long_description=Path("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    python_requires=">=3.11",
    # also folders without __init__.py: the revisions, templates and static files
    packages=find_namespace_packages(include=["rtpy_portal", "rtpy_portal.*"], exclude=["*__pycache__*"]),
    package_data={"": ["py.typed", "*.pt", "*.txt", "*.toml", "*.typ", "*.css", "*.js", "*.svg", "*.po"]},
    install_requires=["rtpy>=0.1"],
    entry_points={"rtpy.plugins": ["portal = rtpy_portal.plugin"]},
    zip_safe=False,
)
