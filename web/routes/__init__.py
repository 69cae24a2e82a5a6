"""One file per thing asked for."""
