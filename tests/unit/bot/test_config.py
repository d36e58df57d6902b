"""Configuration: defaults, environment, every mistake at once, safety of addresses and secrets."""

from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest

from bot.config import Config, ConfigErrors
from storage.model import Tenure

WECHAT = {
    "APP_ID": "wx0123456789",
    "ORIGINAL_ID": "gh_0123456789",
    "TOKEN": "AbCdEf123",
    "AES_KEY": "A" * 43,
    "SECRET": "0123456789abcdef",
}
Load = Callable[..., Config]


def wechat(**changes: str) -> dict[str, str]:
    """The environment of a whole 公众号 account."""
    return {f"GUANJIA__CHANNELS__WECHAT__MAIN__{name}": value for name, value in {**WECHAT, **changes}.items()}


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """`load(yaml, **environment)`."""

    def read(text: str = "", environ: dict[str, str] | None = None) -> Config:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return Config.load(path, environ or {})

    return read


def mistakes(load: Load, text: str = "", environ: dict[str, str] | None = None) -> dict[str, str]:
    """Path -> sentence of everything that is wrong."""
    with pytest.raises(ConfigErrors) as caught:
        load(text, environ)
    return {mistake.path: mistake.text for mistake in caught.value.mistakes}


def test_an_empty_file_gives_a_working_configuration(load: Load) -> None:
    config = load()
    assert list(config.channels.accounts()) == ["webchat.main"]
    assert config.server.loopback
    assert list(config.estates()) == ["main"]
    assert set(config.groups.titles()) == {"repair", "service", "order", "clean", "manager", "finance"}


def test_the_committed_file_is_right_and_warns_of_nothing() -> None:
    assert Config.load(Path("config.yaml"), {}).notices == ()


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors):
        Config.load(tmp_path / "absent.yaml", {})


def test_the_environment_wins_over_the_file(load: Load) -> None:
    config = load("server: {port: 9000, host: 127.0.0.1}", {"GUANJIA__SERVER__PORT": "9001"})
    assert (config.server.port, config.server.host) == (9001, "127.0.0.1")


def test_names_with_one_underscore_are_not_settings(load: Load) -> None:
    assert load("", {"GUANJIA_TEST_REDIS": "x", "GUANJIA_CONFIG": "y"}).server.port == 8080


def test_lists_in_the_environment_are_json(load: Load) -> None:
    config = load("", {"GUANJIA__EGRESS__ALLOW": '["127.0.0.1:9000"]'})
    assert config.egress.permits("127.0.0.1", 9000)


def test_every_mistake_is_reported_with_its_path(load: Load) -> None:
    found = mistakes(load, "server: {prt: 1, host: 127.0.0.1}\nllm: {enabled: perhaps}", {"GUANJIA__SERVER__PORT": "x"})
    assert set(found) == {"server.prt", "server.port", "llm.enabled"}
    assert "port" in found["server.prt"]


def test_an_unknown_name_in_the_environment_is_refused(load: Load) -> None:
    assert "server.prot" in mistakes(load, "", {"GUANJIA__SERVER__PROT": "1"})


def test_a_key_that_stands_twice_is_refused(load: Load) -> None:
    (text,) = mistakes(load, "server: {port: 1}\nserver: {port: 2}").values()
    assert "两次" in text


def test_broken_yaml_names_the_line(load: Load) -> None:
    (path,) = mistakes(load, "server: {port: 1\nestate: [")
    assert "行" in path


def test_account_names_are_lower_case_words(load: Load) -> None:
    found = mistakes(load, "channels: {webchat: {Main-1: {enabled: true}}}")
    assert "小写" in found["channels.webchat.Main-1"]


def test_rule_values_come_from_the_rules_block(load: Load) -> None:
    config = load("rules: {sla: {warn_share: 0.3}}")
    assert config.rules.sla.warn_share == pytest.approx(0.3)


def test_a_mapping_of_rules_is_changed_value_by_value(load: Load) -> None:
    trades = load("rules: {triage: {trades: {lift: {urgent: false}}}}").rules.triage.trades
    assert not trades["lift"].urgent
    assert trades["lift"].callback == "safety"
    assert "water_leak" in trades


def test_an_unknown_rule_value_is_refused_with_a_guess(load: Load) -> None:
    assert "warn_share" in mistakes(load, "rules: {sla: {warn_shar: 1}}")["rules.sla.warn_shar"]


def test_quiet_hours_and_dialog_stand_at_the_root(load: Load) -> None:
    config = load('quiet_hours: {open: "10:00"}\ndialog: {idle_ask_min: 12}\nduty: {roster: {every: [Y001]}}')
    assert config.rules.quiet.open == time(10)
    assert config.rules.reception.idle_ask_min == 12
    assert config.rules.dispatch.roster == {"every": ("Y001",)}


def test_a_mistake_in_a_root_topic_is_named_where_it_was_written(load: Load) -> None:
    assert "dialog.idle_ask_min" in mistakes(load, "dialog: {idle_ask_min: soon}")


def test_office_hours_are_those_of_the_desk(load: Load) -> None:
    desk = load('estate: {office_hours: {start: "09:00", end: "18:30"}}').rules.desk
    assert (desk.opens, desk.closes) == (time(9), time(18, 30))


def test_alerts_settle_the_group_of_an_emergency(load: Load) -> None:
    assert load("alerts: {fire: {group: manager}}").rules.triage.trades["fire"].doing == "manager"
    assert "alerts.no_such" in mistakes(load, "alerts: {no_such: {group: order}}")


def test_tenures_in_rules_are_read_as_keys(load: Load) -> None:
    assert load("rules: {access: {account_tenures: [owner]}}").rules.access.account_tenures == (Tenure.OWNER,)


def test_a_whole_account_from_the_environment_is_accepted(load: Load) -> None:
    account = load("", wechat()).channels.wechat["main"]
    assert account.secret.reveal() == WECHAT["SECRET"]
    assert "***" in repr(account)
    assert WECHAT["SECRET"] not in repr(account)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"SECRET": "short"}, "secret"),
        ({"SECRET": "changeme"}, "secret"),
        ({"TOKEN": "no spaces!"}, "token"),
        ({"AES_KEY": "A" * 42}, "aes_key"),
        ({"MODE": "unsafe"}, "mode"),
    ],
)
def test_default_short_and_malformed_secrets_are_refused(load: Load, change: dict[str, str], path: str) -> None:
    assert f"channels.wechat.main.{path}" in mistakes(load, "", wechat(**change))


def test_safe_mode_needs_its_key(load: Load) -> None:
    environ = wechat()
    del environ["GUANJIA__CHANNELS__WECHAT__MAIN__AES_KEY"]
    assert "aes_key" in mistakes(load, "", environ)["channels.wechat.main"]


@pytest.mark.parametrize("mode", ["plain", "compat"])
def test_weak_modes_work_and_warn(load: Load, mode: str) -> None:
    (notice,) = load("", wechat(MODE=mode)).notices
    assert mode in notice


def test_a_secret_may_come_from_a_file(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "app.secret"
    file.write_text("0123456789abcdef\n", encoding="utf-8")
    environ = wechat(SECRET_FILE=str(file))
    del environ["GUANJIA__CHANNELS__WECHAT__MAIN__SECRET"]
    assert load("", environ).channels.wechat["main"].secret.reveal() == "0123456789abcdef"


def test_a_secret_and_its_file_exclude_each_other(load: Load, tmp_path: Path) -> None:
    assert mistakes(load, "", wechat(SECRET_FILE=str(tmp_path / "x")))


def test_a_secret_in_the_file_earns_a_warning(load: Load) -> None:
    text = f"channels: {{wechat: {{main: {{token: {WECHAT['TOKEN']}}}}}}}"
    environ = wechat()
    del environ["GUANJIA__CHANNELS__WECHAT__MAIN__TOKEN"]
    (notice,) = load(text, environ).notices
    assert "channels.wechat.main.token" in notice
    assert WECHAT["TOKEN"] not in notice


LOOPBACK = wechat(API_BASE="http://127.0.0.1:9000")


def test_a_loopback_vendor_needs_the_allow_list(load: Load) -> None:
    assert "egress.allow" in mistakes(load, "", LOOPBACK)["channels.wechat.main.api_base"]


@pytest.mark.parametrize("entry", ["127.0.0.1:9000", "127.0.0.1", "127.0.0.0/8", "http://127.0.0.1:9000"])
def test_an_allowed_loopback_vendor_works(load: Load, entry: str) -> None:
    assert load(f"egress: {{allow: ['{entry}']}}", LOOPBACK)


def test_a_loopback_vendor_is_refused_while_others_can_reach_the_server(load: Load) -> None:
    text = "server: {host: 0.0.0.0}\negress: {allow: ['127.0.0.1:9000']}"
    assert "channels.wechat.main.api_base" in mistakes(load, text, LOOPBACK)


@pytest.mark.parametrize(
    "base", ["http://api.weixin.qq.com", "https://elsewhere.example", "ftp://api.weixin.qq.com", "x"]
)
def test_other_vendor_bases_are_refused(load: Load, base: str) -> None:
    assert "channels.wechat.main.api_base" in mistakes(load, "", wechat(API_BASE=base))


def test_a_disabled_account_is_not_judged_by_its_address(load: Load) -> None:
    assert load("", {**LOOPBACK, "GUANJIA__CHANNELS__WECHAT__MAIN__ENABLED": "false"})


def test_a_group_names_an_existing_robot(load: Load) -> None:
    assert "groups.repair.robot" in mistakes(load, "groups: {repair: {robot: nobody}}")


def test_several_estates_need_their_name_on_each_channel(load: Load) -> None:
    two = "communities: {a: {name: 甲园}, b: {name: 乙园}}\n"
    assert "channels.webchat.main.community" in mistakes(load, two)
    config = load(two + "channels: {webchat: {main: {community: b}}}")
    assert config.channels.accounts()["webchat.main"].community == "b"
    assert config.estate_facts("a").name == "甲园"
    assert "channels.webchat.main.community" in mistakes(load, two + "channels: {webchat: {main: {community: c}}}")


@pytest.mark.parametrize("kind", ["kf", "wecom"])
def test_a_channel_that_cannot_answer_yet_warns(kind: str) -> None:
    given = {"CORP_ID": "ww1", "TOKEN": "tokentokentoken", "AES_KEY": "a" * 43, "SECRET": "the-secret-0123456789abcdef"}
    given |= {"OPEN_KFID": "wk1"} if kind == "kf" else {"AGENT_ID": "1"}
    environ = {f"GUANJIA__CHANNELS__{kind.upper()}__FRONT__{name}": value for name, value in given.items()}
    notices = Config.load(None, environ).notices
    assert any(f"channels.{kind}.front" in notice for notice in notices)
