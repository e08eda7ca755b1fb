"""Policies and ladders as they are set up: saving, versions, the dry run, pinning many tickets."""
