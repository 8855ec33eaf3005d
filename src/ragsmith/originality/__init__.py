"""The guarantee against copies: definition, exact search, index, check and gate."""
