"""Who transmits, where they were heard, and which boat they sit on."""
