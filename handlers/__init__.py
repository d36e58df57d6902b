"""Decisions: facts in, effects out. Pure, except apply.py and load.py."""
