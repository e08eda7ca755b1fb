"""The pages about assets."""
