"""Reading again what was kept raw: rejects after something was mended, and everything, to prove it gives the same."""
