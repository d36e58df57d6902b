"""`guanjia` commands, one module each."""
