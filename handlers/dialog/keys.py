"""Keys of menus, codes and buttons that stand for a wish."""

_WISHES = {
    "repair": ("repair", "报修", "维修"),
    "complaint": ("complaint", "投诉"),
    "inquiry": ("inquiry", "咨询", "faq"),
    "payment": ("payment", "pay", "bill", "bills", "缴费", "账单"),
    "progress": ("progress", "tickets", "进度", "我的工单"),
    "suggestion": ("suggestion", "建议", "意见箱"),
    "praise": ("praise", "表扬"),
    "human": ("human", "人工", "转人工"),
    "emergency": ("emergency", "sos", "紧急"),
}
_BY_KEY = {key: intent for intent, keys in _WISHES.items() for key in keys}


def wish_of(key: str) -> str | None:
    """The intent behind `menu:repair`, `wish:human`, `报修` ...; None for other keys."""
    return _BY_KEY.get(key.removeprefix("menu:").removeprefix("wish:").strip().lower())
