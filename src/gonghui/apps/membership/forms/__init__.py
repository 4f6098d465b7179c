"""Forms of the desk: one module per noun; what was typed stays, and every refusal lands beside its field."""
