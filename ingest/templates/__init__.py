"""Files in a department's own form: found by its template, read to figures, shown before they are stored."""
