"""Tasks (nhiệm vụ) that leaders give out of a number, followed until they are done."""
