"""What an Official Account is configured with."""

from dataclasses import dataclass
from typing import Literal

from bot.channels.envelope import Envelope
from bot.secrets import Secret

Mode = Literal["safe", "compat", "plain"]


@dataclass(frozen=True, slots=True)
class WechatAccount:
    """One Official Account.

    Attributes:
        app_id: `wx…`, the receive id inside the cipher text.
        original_id: `gh_…`, what pushes are addressed to.
        mode: how pushes must come; any other way is refused (protocol.md 3.1).
        previous_token, previous_aes_key: stay valid while the values are rotated.
        classic_token: take the access token from `cgi-bin/token`, not `stable_token`; never both in one deployment.
        reply_quota: customer-service messages after a person's message within 48 h (protocol.md 10.1).
    """

    app_id: str
    original_id: str
    token: Secret
    secret: Secret
    aes_key: Secret | None = None
    previous_token: Secret | None = None
    previous_aes_key: Secret | None = None
    mode: Mode = "safe"
    api_base: str = "https://api.weixin.qq.com"
    classic_token: bool = False
    reply_quota: int = 5

    def envelope(self) -> Envelope:
        """The signatures and encryption of this account."""
        return Envelope(
            [each.reveal() for each in (self.token, self.previous_token) if each is not None],
            [each.reveal() for each in (self.aes_key, self.previous_aes_key) if each is not None],
            self.app_id,
        )
