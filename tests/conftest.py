"""What all tests share."""

pytest_plugins = ["rtpy.testing.fixtures"]
