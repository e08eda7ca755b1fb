"""Following tickets: their histories become stories, the stories are played, and what comes out is kept in rows."""
