"""The watch as it runs: what was stored goes in, events and cases come out."""
