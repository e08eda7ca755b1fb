"""Changes of what billing is set up with: work types, roles, rates, customers, sellers, taxes."""
