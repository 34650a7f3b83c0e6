"""What can be done. Knows the application's settings, but no request."""
