"""A case as evidence: everything that is known of it at a moment, as one value that JSON, PDF and GPKG are made of."""
