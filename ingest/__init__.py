"""How things come in: read, decode, clean, join, write; the same five verbs for every source."""
