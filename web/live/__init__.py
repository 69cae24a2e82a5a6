"""What changed, to every open map: a snapshot, then at most one delta a second."""
