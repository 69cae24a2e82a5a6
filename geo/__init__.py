"""The ground: space, time, units of measure. Pure; arrays in, arrays out; no I/O."""
