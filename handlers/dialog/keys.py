"""Keys of menus, codes and buttons that stand for a wish, and the bare names of wishes."""

import re

_WISHES = {
    "repair": ("repair", "报修", "报个修", "维修", "修东西", "修个东西", "东西坏了"),
    "complaint": ("complaint", "投诉", "举报"),
    "inquiry": ("inquiry", "咨询", "faq", "问", "问个事", "问个问题", "请教", "打听"),
    "payment": ("payment", "pay", "bill", "bills", "缴费", "交费", "交钱", "账单", "明细"),
    "progress": ("progress", "tickets", "进度", "查进度", "查询进度", "我的工单"),
    "suggestion": ("suggestion", "建议", "意见箱"),
    "praise": ("praise", "表扬"),
    "human": ("human", "人工", "转人工", "人工客服", "转人工客服", "找人工"),
    "emergency": ("emergency", "sos", "紧急"),
}
_SHORT = 10
_BY_KEY = {key: intent for intent, keys in _WISHES.items() for key in keys}


_AROUND = re.compile(r"^(请|您好|你好|我|要|想|需要|帮|给|麻烦|办理?|进行)+|(一下|下|吧|服务|的|啊|呢|[。！!，,~ ])+$")


def wish_named(text: str) -> str | None:
    """The intent that a short message names and nothing else: 我要报修, 转人工; None for every other message."""
    word = _AROUND.sub("", _AROUND.sub("", text.strip())) if len(text) <= _SHORT else ""
    return _BY_KEY.get(word)


def wish_of(key: str) -> str | None:
    """The intent behind `menu:repair`, `wish:human`, `报修` ...; None for other keys."""
    return _BY_KEY.get(key.removeprefix("menu:").removeprefix("wish:").strip().lower())
