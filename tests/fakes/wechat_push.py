"""The pushing side of an Official Account, built on wechatpy's own encryption as a second opinion of ours."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

TOKEN = "pushtoken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx00112233445566aa"
ORIGINAL_ID = "gh_0123456789ab"


def signed(*parts: str) -> str:
    """wechatpy's signature over the parts."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def message(sender: str, at: int, number: int | None = 1, **fields: str) -> str:
    """A push as XML: strings in CDATA, `MsgId` when a number is given."""
    body = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    number_xml = "" if number is None else f"<MsgId>{number}</MsgId>"
    return (
        f"<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{at}</CreateTime>{body}{number_xml}</xml>"
    )


def text(sender: str, at: int, content: str, number: int = 1) -> str:
    """A text message."""
    return message(sender, at, number, MsgType="text", Content=content)


@dataclass(slots=True)
class Pusher:
    """Pushes to one callback address of a test client."""

    client: "TestClient"  # type: ignore[type-arg]
    now: int
    path: str = "/callback/wechat/main"
    token: str = TOKEN
    aes_key: str = AES_KEY
    receive_id: str = APP_ID
    nonce: str = "n0nce"
    crypto: WeChatCrypto = field(init=False)

    def __post_init__(self) -> None:
        self.crypto = WeChatCrypto(self.token, self.aes_key, self.receive_id)

    def sealed(self, inner: str) -> tuple[str, str]:
        """The `Encrypt` text of a message and its signature."""
        envelope = ET.fromstring(self.crypto.encrypt_message(inner, self.nonce, str(self.now)))
        return envelope.findtext("Encrypt") or "", envelope.findtext("MsgSignature") or ""

    def query(self, signature: str) -> dict[str, str]:
        """The query of a safe-mode push."""
        return {
            "signature": signed(self.token, str(self.now), self.nonce),
            "timestamp": str(self.now),
            "nonce": self.nonce,
            "encrypt_type": "aes",
            "msg_signature": signature,
        }

    async def push(self, inner: str) -> ClientResponse:
        """Push in safe mode."""
        encrypt, signature = self.sealed(inner)
        body = f"<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        return await self.post(self.query(signature), body)

    async def push_plain(self, inner: str) -> ClientResponse:
        """Push in plain mode."""
        signature = signed(self.token, str(self.now), self.nonce)
        return await self.post({"signature": signature, "timestamp": str(self.now), "nonce": self.nonce}, inner)

    async def post(self, query: dict[str, str], body: str | bytes) -> ClientResponse:
        """POST anything; a content type as the platform sends it."""
        data = body.encode() if isinstance(body, str) else body
        return await self.client.post(self.path, params=query, data=data, headers={"Content-Type": "text/xml"})

    async def opened(self, response: ClientResponse) -> ET.Element:
        """The passive reply inside an encrypted answer, decrypted and checked by wechatpy."""
        envelope = await response.text()
        parts = {
            name: found[1] for name in ("MsgSignature", "TimeStamp", "Nonce") if (found := _element(envelope, name))
        }
        inner = self.crypto.decrypt_message(envelope, parts["MsgSignature"], parts["TimeStamp"], parts["Nonce"])
        return ET.fromstring(inner)


def _element(xml: str, name: str) -> re.Match[str] | None:
    return re.search(rf"<{name}>(?:<!\[CDATA\[)?([^<\]]*)", xml)
