"""A report as people read it: HTML for paper, and a workbook; both say what the made report holds, and nothing else."""
