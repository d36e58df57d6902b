"""What each kind of push means to the rest of the program (protocol.md 5)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.push import Ignored, Letter
from bot.channels.wechat.callback import WechatCallback
from storage.message import Inbound
from tests.fakes import wechat_push
from tests.fakes.callback_desk import account
from tests.fakes.wechat_push import message, signed, text

NOW = 1_800_000_000
WHO = "oWho0000000000000000000000001"


def received(inner: str) -> Letter | Ignored:
    door = WechatCallback("wechat.main", account("plain"))
    query = {"timestamp": (str(NOW),), "nonce": ("n",), "signature": (signed(wechat_push.TOKEN, str(NOW), "n"),)}
    found = door.receive(query, inner.encode(), datetime.fromtimestamp(NOW, UTC))
    assert isinstance(found, Letter | Ignored), found
    return found


def inbound(inner: str) -> Inbound:
    letter = received(inner)
    assert isinstance(letter, Letter), letter
    return letter.inbound


def event(name: str, **more: str) -> str:
    return message(WHO, NOW, None, MsgType="event", Event=name, **more)


class TestMessages:
    def test_recognised_speech_is_text_with_its_recording(self) -> None:
        said = inbound(message(WHO, NOW, 1, MsgType="voice", MediaId="m", Format="amr", Recognition="厨房漏水"))
        assert said.text == "厨房漏水"
        assert said.media == ({"kind": "voice", "id": "m", "format": "amr"},)

    def test_speech_without_recognition_has_no_text(self) -> None:
        said = inbound(message(WHO, NOW, 1, MsgType="voice", MediaId="m", Format="amr", Recognition=""))
        assert (said.kind, said.text) == ("message", "")

    @pytest.mark.parametrize(("kind", "media"), [("image", "image"), ("video", "video"), ("shortvideo", "video")])
    def test_pictures_and_films_are_media_by_id(self, kind: str, media: str) -> None:
        said = inbound(message(WHO, NOW, 1, MsgType=kind, MediaId="m", PicUrl="https://evil.example/x.png"))
        assert said.media == ({"kind": media, "id": "m"},)

    def test_a_place(self) -> None:
        said = inbound(message(WHO, NOW, 1, MsgType="location", Location_X="23.1", Location_Y="113.3", Label="北门"))
        assert said.data["location"] == {"lat": 23.1, "lon": 113.3, "label": "北门"}

    def test_a_tapped_choice_is_a_tap(self) -> None:
        said = inbound(message(WHO, NOW, 1, MsgType="text", Content="室内", bizmsgmenuid="place:in"))
        assert (said.kind, said.text, said.data["key"]) == ("tap", "室内", "place:in")

    @pytest.mark.parametrize("kind", ["link", "miniprogrampage", "file", "something_new"])
    def test_other_kinds_are_heard_as_unsupported(self, kind: str) -> None:
        said = inbound(message(WHO, NOW, 1, MsgType=kind, Title="t"))
        assert (said.kind, said.data["unsupported"]) == ("message", kind)

    def test_only_what_is_waited_for_says_so(self) -> None:
        assert inbound(text(WHO, NOW, "灯坏了")).data["passive"] is True
        assert "passive" not in inbound(message(WHO, NOW, 1, MsgType="file")).data
        assert "passive" not in inbound(event("unsubscribe")).data

    def test_the_stored_wire_gives_the_same_again(self) -> None:
        first = inbound(message(WHO, NOW, 1, MsgType="location", Location_X="23.1", Location_Y="113.3"))
        assert inbound(first.data["wire"]) == first


class TestEvents:
    @pytest.mark.parametrize(
        ("inner", "name", "key"),
        [
            (event("subscribe"), "subscribe", ""),
            (event("subscribe", EventKey="qrscene_home:12", Ticket="T"), "subscribe", "home:12"),
            (event("SCAN", EventKey="home:12", Ticket="T"), "scan", "home:12"),
            (event("CLICK", EventKey="repair"), "menu", "repair"),
            (event("click", EventKey="repair"), "menu", "repair"),
            (event("VIEW", EventKey="https://wy.example.com/"), "view", "https://wy.example.com/"),
            (event("unsubscribe", EventKey=""), "unsubscribe", ""),
            (event("CLICK", EventKey="k" * 300), "menu", "k" * 128),
        ],
    )
    def test_named_as_the_rest_of_the_program_does(self, inner: str, name: str, key: str) -> None:
        happened = inbound(inner)
        assert (happened.kind, happened.data["event"], happened.data["key"]) == ("event", name, key)

    def test_a_location_report_keeps_no_position(self) -> None:
        happened = inbound(event("LOCATION", Latitude="23.1", Longitude="113.3", Precision="10"))
        assert happened.data == {"event": "location", "key": ""}

    def test_a_template_result_names_its_message(self) -> None:
        happened = inbound(event("TEMPLATESENDJOBFINISH", MsgID="77", Status="failed:user block"))
        assert (happened.data["message"], happened.data["status"]) == ("77", "failed:user block")

    @pytest.mark.parametrize(("entries", "count"), [(1, 1), (2, 2)])
    def test_consent_lists_every_template(self, entries: int, count: int) -> None:
        entry = "<List><TemplateId>t</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
        nested = f"<SubscribeMsgPopupEvent>{entry * entries}</SubscribeMsgPopupEvent></xml>"
        happened = inbound(event("subscribe_msg_popup_event").replace("</xml>", nested))
        assert [each["status"] for each in happened.data["templates"]] == ["accept"] * count

    @pytest.mark.parametrize("name", ["pic_weixin", "kf_create_session", "MASSSENDJOBFINISH"])
    def test_known_but_meaningless_events_are_ignored(self, name: str) -> None:
        assert received(event(name)) == Ignored("event")

    def test_nested_elements_that_we_do_not_know_are_no_error(self) -> None:
        assert received(event("brand_new").replace("</xml>", "<A><B>1</B></A><A/></xml>")) == Ignored("unknown_event")


class TestKeys:
    def keys(self, *inner: str) -> list[str]:
        return [inbound(each).key for each in inner]

    def test_a_message_is_known_by_sender_number_and_second(self) -> None:
        same = text(WHO, NOW, "a", 5)
        others: list[Any] = [text(WHO, NOW, "a", 6), text(WHO, NOW + 1, "a", 5), text("oOther", NOW, "a", 5)]
        keys = self.keys(same, same, *others)
        assert keys[0] == keys[1]
        assert len(set(keys)) == 4

    def test_a_message_without_number_is_known_by_its_body(self) -> None:
        first, second = (
            message(WHO, NOW, None, MsgType="text", Content="a"),
            message(WHO, NOW, None, MsgType="text", Content="b"),
        )
        keys = self.keys(first, first, second)
        assert keys[0] == keys[1] != keys[2]

    def test_an_event_is_known_by_its_body(self) -> None:
        keys = self.keys(event("CLICK", EventKey="a"), event("CLICK", EventKey="a"), event("CLICK", EventKey="b"))
        assert keys[0] == keys[1] != keys[2]
