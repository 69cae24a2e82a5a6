"""The fisheries' other books: who left and came back, what was landed, who was fined; and where books disagree."""
