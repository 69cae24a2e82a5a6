"""The background worker: what has to be done every so often, or once and surely, without anybody waiting for it."""
