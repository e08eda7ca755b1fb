"""The second factor: codes of an app on somebody's phone, recovery codes, and logins that wait for one."""
