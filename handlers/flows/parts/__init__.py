"""What several flows share; no forms of their own."""
