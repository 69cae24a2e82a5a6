"""What officers keep for themselves at the desk: groups of boats, zones they drew."""
