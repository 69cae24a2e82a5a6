"""What the pilot is judged by: how long our processes lived, what was asked and how fast, and what people learnt."""
