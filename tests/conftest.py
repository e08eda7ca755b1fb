"""What all tests share comes from `rtpy.testing.fixtures`, which pyproject.toml loads for them and for plugins."""
