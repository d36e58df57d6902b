"""Forms of the conversation, one module each."""
