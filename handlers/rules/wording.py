"""What the company's own sentences must and must not say. Rules: domain.md 8.15, 8.16, 4.5, C-20."""

import re
from collections.abc import Mapping

from handlers.rules import tone

#: Words that carry a promise; without a time in the same message they are empty (8.15: no promise without a time).
_PROMISE = re.compile(
    r"保证|包您|一定(?:会|能|给|为|帮|处理|解决)|肯定(?:会|能)|绝对|百分之百|尽快|尽早|立刻|立即|稍后|过一会儿?|"
    r"马上(?=为您处理|处理|解决|修|派人|派|上门|到|来人)"
)
#: Not our promise: what the resident or a colleague is asked to do, or may say.
_NOT_OURS = re.compile(
    r"^尽快$|请(?:您|先|立即|立刻|尽快|马上|稍后|过一会)[^，。；！？\n]*|[“‘][^”’\n]*[”’]|已(?:经)?通知[^。；！？\n]*|稍后[^。\n]*好吗"
)
#: A time or a limit that makes a promise one that can be kept.
_LIMIT = re.compile(
    r"\{[a-z_.]*(?:due|until|promised|time|word|morning|wanted|visit|start|latest|at|expected|promise|calls)\}|"
    r"\d+\s*(?:分钟|小时|天|日|个?工作日|点|:|：)|[今明后]天|当日|当天|上班后|凌晨|上午|下午|周[一二三四五六日]"
)
_APOLOGY = re.compile(r"对不起|抱歉|请?您?(?:原谅|谅解|见谅)|失礼|遗憾")
_COURTESY = re.compile(r"您|请|谢谢|感谢|对不起|抱歉|再见|不客气")
#: Scripts that are apologies or regrets (8.6, 8.8, 8.10); a text that carries one out must say so.
SORRY = frozenset(
    {"SC-V16", "SC-V25", "SC-V26", "SC-V29", "SC-D08", "SC-D09", "SC-D29", "SC-D32", "SC-D66", "SC-D98", "SC-D112"}
)  # fmt: skip
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "liability": re.compile(
        r"(?:是|都是|怪)我们(?:公司|物业)?(?:的)?(?:错|不对|责任|过错|过失|问题)|(?:我们|我方|物业|公司)(?:的)?(?:过错|过失|全责|全部责任)|"
        r"(?:我们|公司|物业)(?:会|愿意|来)?(?:承担|负)(?:全部|一切|主要)?(?:的)?责任|失职|玩忽|我们理亏"
    ),
    "jargon": re.compile(
        r"(?<!施)工单|派单|转单|退单|挂起|闭环|超时|SLA|时限|系统判定|受理单|责任人|AL-\d|SC-", re.IGNORECASE
    ),
    "loud": re.compile(r"[!！]{2,}|[?？]{2,}|[\U0001F300-\U0001FAFF]"),
    "you": re.compile(r"你"),
    "hum": re.compile(r"(?:^|[，。！？\s])[嗯恩哦噢][，。！？\s]"),
}
QUESTIONS = 1


def faults(text: str, *, script: str | None = None, complaint: bool = False) -> list[str]:
    """The faults of a sentence that the company says to a resident: keys of `check.<fault>`, worst first.

    Args:
        text: a template or a rendered message; placeholders and `[[ ]]` may still be in it.
        script: the script id that it carries out; some of them owe an apology (8.6).
        complaint: the message answers a complaint, where no liability is admitted (C-20).
    """
    found = [key for key in tone.check(re.sub(r"\[\[|\]\]", "", text)) if key != "plain_you"]
    found += [key for key, pattern in _PATTERNS.items() if key != "liability" and pattern.search(text)]
    if complaint and _PATTERNS["liability"].search(text):
        found.append("liability")
    if empty_promise(text):
        found.append("promise")
    if script in SORRY and not _APOLOGY.search(text):
        found.append("apology")
    if text.count("？") > QUESTIONS:
        found.append("questions")
    return found


def empty_promise(text: str) -> bool:
    """Whether it promises something without saying until when (8.15)."""
    return bool(_PROMISE.search(_NOT_OURS.sub("", text))) and not _LIMIT.search(text)


def courteous(text: str) -> bool:
    """Whether a whole reply has a courtesy word (8.16)."""
    return bool(_COURTESY.search(text))
