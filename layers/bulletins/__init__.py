"""Daily, weekly and monthly reports of the centre (báo cáo): one definition, made for a period, kept as it was."""
