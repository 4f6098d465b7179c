"""Pages of members, visitors, and the desk's answers to corrections."""
