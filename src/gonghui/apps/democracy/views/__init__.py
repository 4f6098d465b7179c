"""Pages of democratic management: the desk, the phone of members, and what anybody may check of a ballot."""
