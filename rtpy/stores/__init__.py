"""Where the bytes of attachments lie: in the database, in a folder or in a bucket, and how they move between these."""
