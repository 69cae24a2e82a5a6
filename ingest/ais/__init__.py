"""AIS: from bytes on a wire or in a file to facts about transmitters."""
