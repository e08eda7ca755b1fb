"""The sample consultancy's portal: knowledge, known issues, ratings, who sees what."""
