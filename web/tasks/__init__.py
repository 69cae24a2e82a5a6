"""Tasks through the door: drafting out of a number, following, letters."""
