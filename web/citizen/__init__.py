"""What citizens send and see: small pages that work without a script, on a phone, on a slow line."""
