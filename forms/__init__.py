"""What a call and its answers mean. Knows nothing of the web or of the database."""
