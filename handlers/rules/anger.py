"""Words of anger at us: whoever uses them is calmed, not answered like small talk. Rules: S-REC-19, S-COMP-07."""

import re

#: Abuse and despair at the desk; words that also describe things (滚筒, 垃圾桶, 阀门没用) only beside us.
_ABUSE = re.compile(
    r"废物|骗子|骗钱|白痴|脑残|混蛋|王八|狗屁|狗东西|他妈的|你妈|妈的|傻[逼叉]|不要脸|去死|吃屎|吃干饭|白养|"
    r"(?:你们?|物业|客服|机器人|公司).{0,4}(?:没用|垃圾|有病|无能|差劲|太差|恶心|摆设)|"
    r"(?:没用|垃圾|无能|黑心|破|烂)的?(?:物业|客服|机器人|公司)|^滚[吧蛋开出]?|[，,\s]滚[吧蛋开]?$"
)


def is_abuse(text: str) -> bool:
    """Whether the words insult the desk or its people."""
    return _ABUSE.search(text.strip()) is not None
