"""What every app stands on; parts are listed top to bottom in the README and import only downwards."""
