"""Single sign-on over OpenID Connect: who a provider says somebody is, checked, and who of us that is."""
