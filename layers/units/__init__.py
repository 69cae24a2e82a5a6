"""Administrative units with dates, and the cells that every structure is a grouping of."""
