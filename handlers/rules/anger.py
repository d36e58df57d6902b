"""Words of anger at us: whoever uses them is calmed, and they are not repeated. Rules: S-REC-19, S-COMP-07, 8.16."""

import re

#: Abuse and despair at the desk; words that also describe things (滚筒, 垃圾桶, 阀门没用) only beside us.
_ABUSE = re.compile(
    r"废物|骗子|骗钱|白痴|脑残|混蛋|王八|狗屁|狗东西|他妈的|你妈|妈的|傻[逼叉]|不要脸|去死|死光|死绝|死哪|吃屎|吃干饭|白养|"
    r"(?:你们?|物业|客服|机器人|公司).{0,4}(?:没用|垃圾|有病|无能|差劲|太差|恶心|摆设)|"
    r"(?:没用|垃圾|无能|黑心|破|烂)的?(?:物业|客服|机器人|公司)|^滚[吧蛋开出]?|[，,\s]滚[吧蛋开]?$"
)
_END = r"[了吗嘛啊呀呢吧的你们]*"
#: Impatience that tells nothing of a matter: a rhetorical question, a sigh, what the fee is for.
_OUTBURST = re.compile(
    rf"(?:你们?|您们?|物业|客服|这帮人|的人)*(?:到底|究竟|还)(?:是?想?)(?:管不管|修不修|来不来|处不处理|管还是不管|管事不管事){_END}|"
    rf"(?:你们?|物业)*(?:到底|究竟)(?:还)?(?:有没有|有)(?:个?人)(?:来)?(?:管|负责|修){_END}|(?:还)?有没有人管{_END}|"
    rf"(?:你们?|物业|客服|这帮人|的人)*(?:都|是|到底|究竟)*(?:干什么|干嘛|干啥)(?:用|吃){_END}|"
    rf"(?:真|真是|简直|都|快|要)*(?:气死|烦死|急死|气炸|服)(?:我|人|你们?)?(?:了|啦){_END}|(?:真|我真|真是)(?:的?是?)?服{_END}$|"
    r"(?:真|真是|简直|实在|也)*(?:太过分|太不像话|不像话|太离谱|离了?大?谱|受够|受不了|忍无可忍|太气人)了?|像什么话|"
    rf"有没有搞错{_END}|(?:还)?(?:让不让|要不要)人(?:活|过|睡){_END}|什么(?:破|烂|鬼)(?:物业|小区|地方|服务){_END}|"
    r"(?:每[年月]|我们)?(?:交|收)(?:了|着)?(?:那么|这么)多(?:的)?(?:物业费|钱)(?:是)?(?:干什么|干嘛|干啥|有什么|有啥)(?:用|吃)?的?|"
    r"白交(?:了)?(?:物业)?费|(?:光|只)(?:知道)?收(?:钱|费)(?:不(?:办|干|管)事)?"
)
#: Impatience with us, which may be a complaint; a sigh about the fault is none.
_BLAME = re.compile(r"管|处不处理|修不修|来不来|负责|干什么|干嘛|干啥|物业|你们|收|白交")
_CLAUSES = re.compile(r"([，,。；;！!？?…~～\n\s]+)")
#: What somebody else said is the matter itself.
_QUOTED = re.compile(r"骂|喊|说我|嘲|威胁")


def is_abuse(text: str) -> bool:
    """Whether the words insult the desk or its people."""
    return _ABUSE.search(text.strip()) is not None


def is_outburst(text: str) -> bool:
    """Whether anger is vented at us, with or without a matter: 你们到底管不管, 气死我了."""
    return _OUTBURST.search(text.strip()) is not None


def blames(text: str) -> bool:
    """Whether the outburst is about us: 你们到底管不管; 气死我了 is not."""
    return any(_BLAME.search(found.group()) for found in _OUTBURST.finditer(text))


def calm(text: str) -> str:
    """The matter without the anger, which is neither read back nor shown to staff (8.16); empty when only anger."""
    kept = ""
    for clause in _CLAUSES.split(text.strip()):
        if _CLAUSES.fullmatch(clause):
            kept += clause if kept and not _CLAUSES.fullmatch(kept[-1]) else ""
            continue
        rest = _OUTBURST.sub("", clause)
        kept += "" if is_abuse(rest) and not _QUOTED.search(rest) else rest
    return kept.strip("，,；;、 \n")
