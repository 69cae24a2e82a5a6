"""Bulletins of storms as files: CSV, GeoJSON, ATCF lines."""
