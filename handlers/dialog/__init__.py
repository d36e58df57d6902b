"""The conversation: forms, their engine, and the turn that stacks them."""
