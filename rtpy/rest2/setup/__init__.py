"""What administrators keep: queues, fields, catalogs, classes; and saved searches."""
