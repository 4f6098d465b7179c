"""Pages of the desk: one module per noun; each loads by queries, calls one service, renders."""
