"""One file per layer: its table and one frozen LAYER."""
