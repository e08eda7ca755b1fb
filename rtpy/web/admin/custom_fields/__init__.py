"""The pages of custom fields."""
