"""Pages of the providers of single sign-on."""
