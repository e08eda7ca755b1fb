"""The history of logins over all accounts."""
