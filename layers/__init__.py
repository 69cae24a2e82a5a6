"""What the province holds: tables, the registry of layers, units and their vintages, sums, rules, access."""
