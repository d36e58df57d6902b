"""One-shot answers by intent, staff sentences, and what other lanes tell a conversation."""
