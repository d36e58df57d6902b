"""Rows in, table out."""
