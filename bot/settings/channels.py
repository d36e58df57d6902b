"""The accounts of every kind of channel (design.md 4). A key under a kind is the account's name in paths and tables."""

import base64
import binascii
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.secrets import Secret
from bot.settings.base import AccountKey, SecretText, Settings, guarded

WECHAT_BASE = "https://api.weixin.qq.com"
WECOM_BASE = "https://qyapi.weixin.qq.com"
PAY_BASE = "https://api.mch.weixin.qq.com"


def _aes_key(value: Secret) -> Secret:
    try:
        right = len(base64.b64decode(value.reveal() + "=", validate=True)) == 32
    except (binascii.Error, ValueError):
        right = False
    if not right:
        raise ValueError("EncodingAESKey 应为 43 个字母或数字；请在平台后台重新复制")
    return value


def _callback_token(value: Secret) -> Secret:
    plain = value.reveal()
    if not (3 <= len(plain) <= 32 and plain.isascii() and plain.isalnum()):
        raise ValueError("Token 应为 3–32 个英文字母或数字，与平台后台一致")
    return value


def _v3_key(value: Secret) -> Secret:
    if len(value.reveal().encode()) != 32:
        raise ValueError("APIv3 密钥应正好 32 个字符")
    return value


AesKey = Annotated[SecretText, AfterValidator(_aes_key)]
CallbackToken = Annotated[SecretText, guarded(3), AfterValidator(_callback_token)]
AppSecret = Annotated[SecretText, guarded(8)]
V3Key = Annotated[SecretText, AfterValidator(_v3_key)]


class Account(Settings):
    """What every account has. `community` is needed only where several estates are configured."""

    enabled: bool = True
    community: str | None = None


class Webchat(Account):
    """The built-in chat page of residents."""


class Wechat(Account):
    """A WeChat Official Account 公众号. `*_previous` keep the old values valid while keys are rotated."""

    app_id: str = Field(min_length=3)
    original_id: str = Field(min_length=3)
    token: CallbackToken
    aes_key: AesKey | None = None
    aes_key_previous: AesKey | None = None
    token_previous: CallbackToken | None = None
    secret: AppSecret
    mode: Literal["safe", "compat", "plain"] = "safe"
    api_base: str = WECHAT_BASE
    reply_quota: int = Field(default=5, ge=1, le=20)
    templates: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _key_for_mode(self) -> Self:
        if self.mode != "plain" and self.aes_key is None:
            raise ValueError(f"mode 为 {self.mode} 时必须填写 aes_key")
        return self


class Wecom(Account):
    """A WeCom app 企业微信自建应用, through which staff talk."""

    corp_id: str = Field(min_length=3)
    agent_id: int
    secret: AppSecret
    token: CallbackToken
    aes_key: AesKey
    aes_key_previous: AesKey | None = None
    token_previous: CallbackToken | None = None
    api_base: str = WECOM_BASE


class Kf(Account):
    """A 微信客服 account."""

    corp_id: str = Field(min_length=3)
    secret: AppSecret
    token: CallbackToken
    aes_key: AesKey
    aes_key_previous: AesKey | None = None
    token_previous: CallbackToken | None = None
    open_kfid: str = Field(min_length=2)
    api_base: str = WECOM_BASE


class Robot(Account):
    """A group robot: WeCom, DingTalk or Feishu. The address holds the only credential, so it is a secret."""

    kind: Literal["wecom", "dingtalk", "feishu"] = "wecom"
    url: SecretText
    secret: AppSecret | None = None


class Pay(Account):
    """A WeChat Pay v3 merchant."""

    app_id: str = Field(min_length=3)
    mch_id: str = Field(min_length=3)
    serial_no: str = Field(min_length=3)
    private_key_file: Path
    api_v3_key: V3Key
    wechatpay_public_key_file: Path
    public_key_id: str = Field(min_length=3)
    api_base: str = PAY_BASE


class Channels(Settings):
    """All accounts, by kind and name."""

    webchat: dict[AccountKey, Webchat] = Field(default_factory=lambda: {"main": Webchat()})
    wechat: dict[AccountKey, Wechat] = Field(default_factory=dict)
    wecom: dict[AccountKey, Wecom] = Field(default_factory=dict)
    kf: dict[AccountKey, Kf] = Field(default_factory=dict)
    robot: dict[AccountKey, Robot] = Field(default_factory=dict)
    pay: dict[AccountKey, Pay] = Field(default_factory=dict)

    def accounts(self) -> dict[str, Account]:
        """Every account by its full name, `wechat.main`."""
        kinds = type(self).model_fields
        return {f"{kind}.{name}": account for kind in kinds for name, account in getattr(self, kind).items()}
