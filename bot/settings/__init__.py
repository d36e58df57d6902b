"""The settings models that `bot.config.Config` composes, one module a topic."""
