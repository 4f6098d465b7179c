"""Pages of casework, all for the case team at the desk."""
