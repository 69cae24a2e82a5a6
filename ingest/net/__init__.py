"""Sockets: bytes from receivers on the network, as they come, with who sent them and when they arrived."""
