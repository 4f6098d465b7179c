"""The gate takes claims at speed: its own process, no Django, answers only after COMMIT."""
