"""What people do with the platform, in a real browser against real processes and a real database."""
