"""Pages of honours: the desk, the public wall, certificates and their verification."""
