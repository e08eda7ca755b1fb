"""Pages about the synchronisation with directories: runs, plans, and agreeing to one."""
