"""Pure rules of places: when they are open, how a repair stands, where pins are drawn."""
