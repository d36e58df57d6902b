"""Every sentence form staff use, and what colleagues merely chat (design.md 8, domain.md 8.19)."""

import pytest

from handlers.commands.staff.grammar import Command, clean, number_in, read

#: sentence -> command, number, rest; the same in a group and in private.
ANYWHERE = [
    ("接单 R261122-003", "accept", "R261122-003", ""),
    ("接单R261122-003", "accept", "R261122-003", ""),
    ("r261122003 接单", "accept", "R261122-003", ""),
    ("003 我来", "accept", "003", ""),
    ("００３ 我来", "accept", "003", ""),
    ("#003 我来", "accept", "003", ""),
    ("003号我来", "accept", "003", ""),
    ("我来 003", "accept", "003", ""),
    ("@管家 003 我来", "accept", "003", ""),
    ("我去", "accept", None, ""),
    ("我来吧", "accept", None, ""),
    ("我去看看", "accept", None, ""),
    ("抢单", "accept", None, ""),
    ("接了", "accept", None, ""),
    ("003 马上去", "accept", "003", ""),
    ("003，我马上到", "accept", "003", ""),
    ("003 交给我", "accept", "003", ""),
    ("派 003 给张三", "assign", "003", "张三"),
    ("派工 003 张三", "assign", "003", "张三"),
    ("派单 003 张三", "assign", "003", "张三"),
    ("003 派给张三", "assign", "003", "张三"),
    ("003 派张三", "assign", "003", "张三"),
    ("003 让张三去看", "assign", "003", "张三"),
    ("003 给张三", "assign", "003", "张三"),
    ("安排 003 张三", "assign", "003", "张三"),
    ("转给李师傅", "transfer", None, "李师傅"),
    ("转给李师傅 003", "transfer", "003", "李师傅"),
    ("003 转给李师傅", "transfer", "003", "李师傅"),
    ("003 转保洁", "transfer", "003", "保洁"),
    ("到了", "arrive", None, ""),
    ("我到了", "arrive", None, ""),
    ("已到", "arrive", None, ""),
    ("已到 003", "arrive", "003", ""),
    ("到场 003", "arrive", "003", ""),
    ("已经到现场了", "arrive", None, ""),
    ("修好了", "finish", None, ""),
    ("完工 003", "finish", "003", ""),
    ("003 修好了", "finish", "003", ""),
    ("003好了", "finish", "003", ""),
    ("搞定了", "finish", None, ""),
    ("已处理好", "finish", None, ""),
    ("修好了，换了个角阀", "finish", None, "换了个角阀"),
    ("003 水管修好了", "finish", "003", "水管修好了"),
    ("挂起 等配件 到周五", "suspend", None, "等配件 到周五"),
    ("003 挂起 等配件 到周五", "suspend", "003", "等配件 到周五"),
    ("挂起 003 等配件 到周五", "suspend", "003", "等配件 到周五"),
    ("暂停 业主不在家", "suspend", None, "业主不在家"),
    ("003 等配件 明天", "suspend", "003", "等配件 明天"),
    ("继续", "resume", None, ""),
    ("恢复 003", "resume", "003", ""),
    ("003 配件到了", "resume", "003", ""),
    ("退单 不是我们管", "return", None, "不是我们管"),
    ("003 退单", "return", "003", ""),
    ("003 不归我们管", "return", "003", "不归我们管"),
    ("今天还有哪些", "list", None, ""),
    ("还有哪些单", "list", None, ""),
    ("我还有什么活", "list", None, ""),
    ("有哪些单没做", "list", None, ""),
    ("我的单", "list", None, ""),
    ("今天的工单", "list", None, ""),
    ("未完成的单", "list", None, ""),
    ("待办", "list", None, ""),
    ("003 什么情况", "status", "003", ""),
    ("003 怎么样了", "status", "003", ""),
    ("003 到哪了", "status", "003", ""),
    ("查 003", "status", "003", ""),
    ("003", "status", "003", ""),
    ("R261122-003", "status", "R261122-003", ""),
    ("003 回复业主：下午三点到", "reply", "003", "下午三点到"),
    ("回复业主 003：下午三点到", "reply", "003", "下午三点到"),
    ("回复业主：请您稍等，马上到", "reply", None, "请您稍等，马上到"),
    ("003 告诉住户 师傅堵车了", "reply", "003", "师傅堵车了"),
    ("003 回复：下午三点到", "reply", "003", "下午三点到"),
    ("接管", "take_over", None, ""),
    ("接管 003", "take_over", "003", ""),
    ("交还机器人", "release", None, ""),
    ("转人工结束", "release", None, ""),
    ("接收 003", "receive", "003", ""),
    ("接收", "receive", None, ""),
    ("已联系", "contact", None, ""),
    ("已联系 C261122-001", "contact", "C261122-001", ""),
    ("002 联系过业主了，他下午在", "contact", "002", "，他下午在"),
    ("升级 002", "level_up", "002", ""),
    ("升级 002 重大", "level_up", "002", "重大"),
    ("降级 002 轻微", "level_down", "002", "轻微"),
    ("有效 002", "verdict_yes", "002", ""),
    ("无效 002 现场核实没有噪音", "verdict_no", "002", "现场核实没有噪音"),
    ("措施 002 加装门吸 下周五", "measure", "002", "加装门吸 下周五"),
    ("措施：加强巡查", "measure", None, "加强巡查"),
    ("002 检查通过", "verified", "002", ""),
    ("结果 002 已更换门吸", "result", "002", "已更换门吸"),
    ("处理结果：已清理", "result", None, "已清理"),
    ("报价 003 120", "quote", "003", "120"),
    ("报价 120", "quote", None, "120"),
    ("报价 120 换角阀", "quote", None, "120 换角阀"),
    ("报价：80元", "quote", None, "80元"),
    ("报价 003 120元 换角阀", "quote", "003", "120元 换角阀"),
    ("003报价 65.5", "quote", "003", "65.5"),
    ("项目 003 更换角阀", "items", "003", "更换角阀"),
    ("材料合格 003", "material_good", "003", ""),
    ("材料不合格 003", "material_bad", "003", ""),
    ("延期 003 等配件 明天下午", "delay", "003", "等配件 明天下午"),
    ("003 改到后天上午 业主出差", "delay", "003", "后天上午 业主出差"),
    ("试漏开始 003", "leak_start", "003", ""),
    ("试漏结束", "leak_end", None, ""),
    ("003 试漏不漏", "leak_end", "003", ""),
    ("003 试漏还漏", "leak_bad", "003", ""),
    ("核准 003", "offlist_yes", "003", ""),
    ("不核准 003 超出范围", "offlist_no", "003", "超出范围"),
    ("补单 3-2-501 换水龙头", "retro", None, "3-2-501 换水龙头"),
    ("取消工单 003", "cancel", "003", ""),
    ("003 取消", "cancel", "003", ""),
    ("003 业主不修了", "cancel", "003", ""),
    ("回访 003 满意", "callback", "003", "满意"),
    ("合并 003 到 001", "merge", "003", "到 001"),
    ("收到 003", "acknowledge", "003", ""),
    ("帮助", "help", None, ""),
]

#: Commands in private or with a photo, mere chat in a group.
PRIVATE_ONLY = [
    ("水管修好了，换了角阀", "finish", "水管修好了，换了角阀"),
    ("好了", "finish", ""),
    ("等配件 到周五", "suspend", "等配件 到周五"),
    ("不归我们管", "return", "不归我们管"),
    ("配件到了", "resume", ""),
]

#: Never commands.
CHAT = [
    "", "   ", "大家辛苦了", "我去吃饭", "取消", "收到", "好的", "你好", "电梯到了", "老王到了吗", "派出所来了",
    "安排一下会议", "项目部开会", "结果出来了", "继续开会", "回访了吗", "完成了吗", "修好没", "还没修好", "转人工",
    "今天", "我的", "我", "单", "有什么", "明天要下雨", "到", "ok", "15:30 开会", "共 300 户", "结果300户已通知",
    "费用怎么算", "谁有 120 的扳手",
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "number", "rest"), ANYWHERE)
@pytest.mark.parametrize("private", [True, False])
def test_sentence_is_read_in_group_and_in_private(
    text: str, name: str, number: str | None, rest: str, *, private: bool
) -> None:
    found = read(text, private=private)
    assert found is not None
    assert (found.name, found.number, found.rest.strip("，")) == (name, number, rest.strip("，"))


@pytest.mark.parametrize(("text", "name", "rest"), PRIVATE_ONLY)
def test_loose_sentence_counts_in_private_or_with_a_photo_only(text: str, name: str, rest: str) -> None:
    expected = Command(name, None, rest, plain=False)
    assert read(text, private=True) == expected
    assert read(text, private=False, photo=True) == expected
    assert read(text, private=False) is None


@pytest.mark.parametrize("text", CHAT)
@pytest.mark.parametrize("private", [True, False])
def test_chat_is_no_command(text: str, *, private: bool) -> None:
    assert read(text, private=private) is None


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("下午3:30到，室温120度", None, "下午3:30到，室温120度"),
        ("501室漏水", None, "501室漏水"),
        ("300元", None, "300元"),
        ("工单003 好", "003", "好"),
        ("E261122-0012 已到", "E261122-0012", "已到"),
    ],
)
def test_only_ticket_numbers_are_numbers(text: str, number: str | None, rest: str) -> None:
    assert number_in(text) == (number, rest)


def test_price_without_number_is_no_ticket() -> None:
    assert read("报价 003", private=True) == Command("quote", "003", "")
    assert read("报价 80", private=True) == Command("quote", None, "80")


def test_words_keep_their_punctuation() -> None:
    assert clean("００３ 回复业主：好的，谢谢！") == "003 回复业主：好的，谢谢！"
