"""Real requests of the platforms against our doors; the file lies beside the repository and is skipped when absent."""

import base64
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from yarl import URL

from bot.channels.envelope import Envelope, Opened, signature
from bot.channels.push import Pushed, fields, unseal
from bot.channels.refusal import Refusal
from bot.channels.wechat.account import WechatAccount
from bot.channels.wechat.callback import WechatCallback
from bot.channels.wecom import WECOM_SINGLE, KfCallback, WecomAccount, WecomCallback
from bot.channels.xml import Element, parse
from bot.secrets import Secret
from storage.message import Inbound
from tests.fakes.callback_desk import CallbackDesk

SHARED = Path(os.environ.get("GUANJIA_SHARED", Path(__file__).parents[2].parent / "shared"))
FILE = SHARED / "data" / "protocol-samples.jsonl"

Sample = dict[str, Any]
Client = Callable[..., Awaitable[TestClient]]


def samples(*kinds: str, channels: tuple[str, ...] = ("mp", "wecom", "kf")) -> list[Any]:
    if not FILE.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="no protocol samples beside the repository"))]
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [pytest.param(row, id=row["id"]) for row in rows if row["kind"] in kinds and row["channel"] in channels]


def envelope(sample: Sample) -> Envelope:
    config = sample["config"]
    keys = [config[name] for name in ("encoding_aes_key", "encoding_aes_key_previous") if config.get(name)]
    return Envelope([config["token"]], keys, config.get("app_id") or config.get("corp_id") or "")


def door(sample: Sample, rung: list[tuple[str, str]]) -> WechatCallback | WecomCallback | KfCallback:
    config = sample["config"]
    previous = config.get("encoding_aes_key_previous")
    if sample["channel"] == "mp":
        account = WechatAccount(
            app_id=config["app_id"],
            original_id=config["account_id"],
            token=Secret(config["token"]),
            secret=Secret("none"),
            aes_key=Secret(config["encoding_aes_key"]),
            previous_aes_key=Secret(previous) if previous else None,
            mode=config["mode"],
        )
        return WechatCallback("wechat.main", account)
    wecom = WecomAccount(
        corp_id=config["corp_id"],
        token=Secret(config["token"]),
        aes_key=Secret(config["encoding_aes_key"]),
        secret=Secret("none"),
        agent_id=int(config.get("agent_id") or 0),
        open_kfid=config.get("open_kfid", ""),
    )
    if sample["channel"] == "kf":
        return KfCallback("kf.main", wecom, lambda kfid, token: rung.append((kfid, token)))
    return WecomCallback("wecom.main", wecom)


def body_of(request: Sample) -> bytes:
    if request.get("body_b64"):
        return base64.b64decode(request["body_b64"])
    generated = request.get("body_gen")
    if generated:
        parts = [generated.get("prefix", ""), generated.get("repeat", "") * generated.get("count", 0)]
        parts += [generated.get("middle", ""), generated.get("repeat2", "") * generated.get("count2", 0)]
        return "".join([*parts, generated.get("suffix", "")]).encode()
    return (request.get("body") or "").encode()


def allowed(expect: Sample) -> list[int]:
    return list(expect.get("status_any") or [expect["status"]])


async def played(sample: Sample, client: Client) -> tuple[CallbackDesk, int, bytes, list[tuple[str, str]]]:
    rung: list[tuple[str, str]] = []
    desk = CallbackDesk(datetime.fromtimestamp(sample["config"]["now"], UTC), [door(sample, rung)])
    browser = await client(desk.app())
    kind = {"mp": "wechat", "wecom": "wecom", "kf": "kf"}[sample["channel"]]
    request = sample["request"]
    target = URL(f"/callback/{kind}/main?{request['query']}", encoded=True)
    headers = request.get("headers") or {}
    body = None if request["method"] == "GET" else body_of(request)
    async with browser.request(request["method"], target, data=body, headers=headers) as response:
        answer = await response.read()
    desk.close()
    return desk, response.status, answer, rung


@pytest.mark.parametrize("sample", samples("verify"))
async def test_verification(sample: Sample, aiohttp_client: Client) -> None:
    _, status, body, _ = await played(sample, aiohttp_client)
    expect = sample["expect"]
    assert status in allowed(expect)
    if expect.get("body") is not None:
        assert body == expect["body"].encode()
    if expect.get("body_must_not_contain"):
        assert expect["body_must_not_contain"].encode() not in body


@pytest.mark.parametrize("sample", samples("message"))
async def test_status_and_processing(sample: Sample, aiohttp_client: Client) -> None:
    desk, status, body, rung = await played(sample, aiohttp_client)
    expect = sample["expect"]
    assert status in allowed(expect)
    if status == 200:
        assert body.decode() in expect.get("body_any", ["success", ""])
    if "processed" in expect and not (sample["channel"] == "wecom" and expect.get("parsed", {}).get("Event") == "view"):
        assert len(desk.accepted) == int(expect["processed"])
    if expect.get("triggers"):
        assert len(rung) == 1


@pytest.mark.parametrize("sample", samples("message"))
def test_fields(sample: Sample) -> None:
    expect = sample["expect"]
    pushed = _opened(sample)
    if not expect.get("parsed") or isinstance(pushed, Refusal):
        assert allowed(expect) != [200] or not expect.get("parsed")
        return
    found = fields(pushed.root, WECOM_SINGLE)
    assert not isinstance(found, Refusal)
    for name, value in expect["parsed"].items():
        _agrees(name, value, found, pushed.root)
    if expect.get("decrypted"):
        assert pushed.wire == expect["decrypted"]


@pytest.mark.parametrize("sample", samples("message", channels=("mp",)))
async def test_meaning(sample: Sample, aiohttp_client: Client) -> None:
    """The fields of a message that we process are where the rest of the program looks for them."""
    desk, *_ = await played(sample, aiohttp_client)
    parsed = sample["expect"].get("parsed", {})
    for inbound in desk.accepted:
        _means(parsed, inbound)


@pytest.mark.parametrize("sample", samples("unit"))
def test_unit(sample: Sample) -> None:
    function, given = sample["unit"]["fn"], sample["unit"]["args"]
    want = sample["expect"]["result"]
    token = sample["config"]["token"]
    match function:
        case "encrypt":
            assert envelope(sample).encrypt(given["message"], head=given["random"].encode()) == want
        case "decrypt":
            opened = envelope(sample).open(given["encrypt"])
            assert isinstance(opened, Opened)
            assert opened.text == want
        case "msg_signature":
            assert signature(token, given["timestamp"], given["nonce"], given["encrypt"]) == want
        case "signature":
            assert signature(token, given["timestamp"], given["nonce"]) == want
        case _:
            pytest.fail(f"no such function here: {function}")


def _opened(sample: Sample) -> Pushed | Refusal:
    request = sample["request"]
    if sample["config"]["mode"] == "plain":
        root = parse(body_of(request))
        return root if isinstance(root, Refusal) else Pushed(body_of(request).decode(), root, -1, "")
    query = URL(f"/?{request['query']}", encoded=True).query
    now = datetime.fromtimestamp(sample["config"]["now"], UTC)
    return unseal(envelope(sample), {name: tuple(query.getall(name)) for name in query}, body_of(request), now)


#: Elements below the root that samples name without their parents.
_DEEP = {"ScanResult", "MsgID", "ErrorCode", "Location_X", "Location_Y", "ExternalUserID", "UserID"}


def _agrees(name: str, value: Any, found: dict[str, str], root: Element) -> None:
    match name:
        case "scene":
            assert found["EventKey"].removeprefix("qrscene_") == value
        case "templates":
            pairs = [[each.text for each in item.children][:2] for item in root.walk("List")]
            assert pairs == value
        case "pic_md5":
            assert [each.text for each in root.walk("PicMd5Sum")] == value
        case "selected":
            chosen = [
                [next(item.walk("QuestionKey")).text, [each.text for each in item.walk("OptionId")]]
                for item in root.walk("SelectedItem")
            ]
            assert chosen == value
        case "duty":
            return
        case _:
            text = found.get(name)
            if text is None and name in _DEEP:
                text = next((each.text for each in root.walk(name)), None)
            assert (float(text) if isinstance(value, int | float) and text is not None else text) == value


def _means(parsed: Sample, inbound: Inbound) -> None:
    assert inbound.user_id == parsed.get("FromUserName", inbound.user_id)
    if "Content" in parsed:
        assert inbound.text == parsed["Content"]
    if parsed.get("MediaId"):
        assert inbound.media[0]["id"] == parsed["MediaId"]
    if parsed.get("Recognition"):
        assert inbound.text == parsed["Recognition"]
    if "scene" in parsed:
        assert inbound.data["key"] == parsed["scene"]
    if parsed.get("MsgType") == "location":
        where = inbound.data["location"]
        assert (where["lat"], where["lon"]) == (parsed["Location_X"], parsed["Location_Y"])
        assert where["label"] == parsed["Label"]
    if "templates" in parsed:
        assert [[each["template"], each["status"]] for each in inbound.data["templates"]] == parsed["templates"]
    if parsed.get("ScanResult"):
        assert inbound.data["result"] == parsed["ScanResult"]
