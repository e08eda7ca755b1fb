"""How the portal looks: its name, colours, logo and words of welcome."""
