"""How terms become clauses: one file a sort of field."""
