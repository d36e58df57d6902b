"""Channels: one module each, all behind base.Channel."""
