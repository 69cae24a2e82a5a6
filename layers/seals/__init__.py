"""What was stored on a day, sealed after it: nobody can change it later without being found out."""
