"""Who may see what, and who is who."""
