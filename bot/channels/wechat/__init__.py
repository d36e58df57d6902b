"""WeChat Official Accounts 公众号: callbacks, passive replies and customer-service messages (protocol.md 5, 8, 10)."""
