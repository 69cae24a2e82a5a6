"""Answers to surveys as they come in: checked cell by cell, from a page or from a workbook."""
