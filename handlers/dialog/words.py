"""Short whole messages that steer a talk: yes, no, cancel, correct, nothing else. Words only, no sentences."""

import re

_EDGES = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_PARTICLES = re.compile(r"(?<=.)[了吧啊呀哦噢喔呢哈嘛的啦~～]+$")


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


#: Longer messages are never read as a bare yes, no or cancel.
SHORT = 10

_YES = _words(
    "是 是的 对 对的 好 好的 好吧 好嘞 行 行的 可以 确认 确定 没错 没问题 嗯 嗯嗯 恩 要 要的 需要 同意 提交 继续 ok "
    "接着办 接着说 接着来 继续办 继续说 "
    "对对 都行 都可以 随便 有 有的 还有 是是是 没有问题 正确 就这样 可以的 当然 麻烦 yes y"
)
_NO = _words("不 否 不是 不对 不行 不要 不用 没有 没 不需要 不同意 不可以 不了 不用了 算 先不 no n 错 错了 有误 不继续")
_CANCEL = _words(
    "算了 取消 不用了 不弄了 不报了 不修了 不投诉了 不要了 不需要了 撤销 撤回 退出 不办了 先不报 先不弄 先算了 那算了 "
    "算了吧 取消报修 取消投诉 取消工单 撤单 撤销报修 撤销投诉 不问了 停止 结束 先不用 不用修了 不用来了"
)
_NOTHING = _words(
    "没 没有 没了 没有了 没事 没事了 没别的 没别的了 没其他 不用 不用了 没问题了 暂时没有 就这些 就这样 好的没有了 "
    "没有其他 没有别的 都好了 没有其他了 没有别的了 没有谢谢 没了谢谢 不用谢谢 不用了谢谢 没有了谢谢"
)
_UNKNOWN = (
    "不知道",
    "不清楚",
    "不晓得",
    "不记得",
    "记不得",
    "记不清",
    "忘了",
    "说不上",
    "不确定",
    "不认识",
    "没看清",
    "没注意",
    "不好说",
)
_CORRECT = re.compile(
    r"^(不对|不是|错了|说错|打错|写错|搞错|报错|登记错|弄错|更正|纠正|改成|改为|改到|改一下|应该是|有误|不不)|(说|打|写|搞|弄|登记)错了|不是.{1,20}[，,。\s]?(而?是).+"
)
_HURRY = re.compile(
    r"(请|麻烦)?(您|你们?)?(尽快|快点|快些|越快越好|赶紧|赶快|抓紧|马上|快来|现在就?来)(来|处理|吧|啊|点)*"
)
#: Longer messages are no mere additions.
DETAIL = 24
_DETAIL = re.compile(
    r"(就?是|就?在|位置(就?是|就?在)?|地址是?|电话是?|手机是?|房号是?|时间是?|补充一下)(?!不是|的吗|吗)[^吗？?]+$"
)
_REPORTED = re.compile(r"^(不是|不对).{0,4}(说|报|登记|修)过")
_ORDINAL = re.compile(r"^(?:第|选|选择|选第)?([1-9]|[一二三四五六七八九]|[①②③④⑤⑥⑦⑧⑨])(?:个|项|号|条|种)?$")
_THANKS = re.compile(r"[，,。\s]*(谢谢|多谢|感谢|辛苦|麻烦)(师傅|大家)?[了您你们啦啊呀哈]*[。！!~～]*$")
_HELLO = re.compile(
    r"(?:[您你]们?好|在吗|在不在|在么|有人吗|有人在吗|喂|哈喽|嗨|hello|hi|早上好|上午好|中午好|下午好|晚上好|早|早安|请问|"
    r"师傅|物业|客服|管家|打扰一?下?了?|不好意思|麻烦你?们?)+[呀啊呢哈吗]*",
    re.IGNORECASE,
)
_THANKING = re.compile(
    r"(谢谢|多谢|感谢|谢了|谢啦|辛苦|麻烦|费心|3q|thanks?)(您|你们?|师傅|大家|物业|客服|管家|各位|的?帮忙)*[了啦啊呀哈哦噢们哒]*"
)
_BESIDE_THANKS = _words("师傅 师傅们 大家 你们 您 太 真是 真的 太感 非常 十分 都 收到 知道了 好了 那就 也")
_HANS = "一二三四五六七八九"
_RINGS = "①②③④⑤⑥⑦⑧⑨"


def bare(text: str) -> str:
    """The message without punctuation at its edges, in lower case."""
    return _EDGES.sub("", text).lower()


def _variants(text: str) -> tuple[str, str, str]:
    word = bare(text)
    flat = re.sub(r"[\s\W_]+", "", word)
    return word, flat, _PARTICLES.sub("", flat)


def _is(text: str, words: frozenset[str]) -> bool:
    return len(text) <= SHORT + 4 and any(word in words for word in _variants(text))


def is_yes(text: str) -> bool:
    """确认, 好的, 可以 ..., alone or before a courtesy."""
    return _is(_without_thanks(text), _YES)


def is_no(text: str) -> bool:
    """不用, 没有, 不对 ..., alone or before a courtesy."""
    return _is(_without_thanks(text), _NO)


def is_cancel(text: str) -> bool:
    """算了, 取消 ...: the whole message, never a word inside a longer one."""
    return _is(_without_thanks(text), _CANCEL)


def is_nothing_else(text: str) -> bool:
    """没有了, 没事了 ...: the answer to "anything else?"."""
    return _is(text, _NOTHING) or _is(_without_thanks(text), _NOTHING)


def has_more(text: str) -> bool:
    """有, 还有, 是的: the other answer to "anything else?"; a bare 好的 is none."""
    return bare(text) in ("有", "有的", "还有", "是", "是的", "对", "要", "需要", "有呢", "嗯有")


def is_unknown(text: str) -> bool:
    """不知道, 忘了 ... in a short answer."""
    return len(text) <= SHORT + 6 and any(word in text for word in _UNKNOWN)


def is_correction(text: str) -> bool:
    """不对，是…; 不是…是…; 改成…: something said or filed before is wrong. "不是报过了吗" is none."""
    return bool(_CORRECT.search(text.strip())) and not _REPORTED.search(text.strip())


def is_hello(text: str) -> bool:
    """你好, 在吗, 客服您好 ...: a greeting and nothing else."""
    return _HELLO.fullmatch(re.sub(r"[\s\W_]+", "", text)) is not None


def is_thanks(text: str) -> bool:
    """谢谢师傅, 好的辛苦了, 谢谢 ...: thanks and nothing else; praise that says for what is none."""
    flat = re.sub(r"[\s\W_]+", "", text).lower()
    rest = _THANKING.sub("", flat)
    if rest == flat or len(flat) > DETAIL:
        return False
    return not rest or rest in _BESIDE_THANKS or rest in _YES or _PARTICLES.sub("", rest) in _YES


def is_hurry(text: str) -> bool:
    """尽快, 快点 ... and nothing else."""
    return bool(_HURRY.fullmatch(bare(text)))


def is_detail(text: str) -> bool:
    """是卫生间的, 在二楼, 电话是…: a short addition to what was said."""
    return len(text) <= DETAIL and bool(_DETAIL.match(text.strip()))


def ordinal(text: str) -> int | None:
    """1, 第二个, ③ ... as a number from 1; None when the message is anything else."""
    found = _ORDINAL.match(bare(text) or text.strip())
    if not found:
        return None
    mark = found.group(1)
    for marks in (_HANS, _RINGS):
        if mark in marks:
            return marks.index(mark) + 1
    return int(mark)


def _without_thanks(text: str) -> str:
    return _THANKS.sub("", text.strip()) or text
