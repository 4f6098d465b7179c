"""People: who they are, where they belong and which offices they hold."""
