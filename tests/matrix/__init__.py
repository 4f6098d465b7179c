"""The authorization matrix: every role × every route × every place of the object, generated from the routes."""
