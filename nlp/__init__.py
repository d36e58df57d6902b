"""Understanding: text to Meaning. Pure once loaded."""
