"""What happens when a stored deadline is due."""
