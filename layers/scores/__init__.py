"""The scoreboard đúng – đủ – sạch – sống: how well each agency's figures come."""
