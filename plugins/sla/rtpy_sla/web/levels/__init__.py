"""RT's own levels: set up by administrators, chosen on tickets."""
