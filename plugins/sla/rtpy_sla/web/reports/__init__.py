"""Reports as pages and as files."""
