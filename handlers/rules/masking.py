"""Free words as those may read them who must not know whose they are: staff groups, lists, a model (reliability.md 6).

Rather a word too many is hidden than one too few: who needs it opens the ticket behind his login. A sentence that must
keep its length and shape, to be learned from, goes through `bot.masking` instead.
"""

import re

from nlp.slots.person import SURNAMES

_HIDDEN = "**"
#: Numbers that everybody may call.
_HOTLINES = frozenset({"12345", "12315", "12369", "12350", "96119"})
_SPOKEN = "零〇洞一幺二两三四五六七拐八九勾"
#: Ticket numbers, dates and times stay.
_KEPT = re.compile(r"([A-Z]\d{6}-\d{3,}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|\d{1,2}[-/.]\d{1,2}\s+\d{1,2}[:：]\d{2})")
#: Digits in a row, whatever stands between them: phones are typed in groups.
_CHAIN = re.compile(r"\d(?:[\s,，.。、\-—–·]{0,2}\d){4,}")
_SPOKEN_CHAIN = re.compile(rf"[{_SPOKEN}](?:[\s,，、\-]?[{_SPOKEN}]){{6,}}")
_ROOM = re.compile(
    r"(?<=[栋幢座楼元门单-])\s*\d{1,2}楼?\d{2,4}(?!\d)(?:室|房|号)?|\d{3,4}(?:室|房|户)|"
    r"(?<=[元门])[零〇幺一二两三四五六七八九]{3,4}(?![栋幢座号单个层楼])"
)
#: Three or four digits alone are a room unless they count something. Numbers for help stay.
_BARE = re.compile(
    r"(?<![\d.:：第近约])(?!(?:110|119|120|122)(?!\d))\d{3,4}(?![\d.:：%℃°])"
    r"(?!\s*(?:号?[楼栋幢座]|元|块|毛|角|瓦|度|升|毫|克|公|斤|米|厘|平|分钟|小时|天|个|点|年|月|层|路|次|人|伏|安|步|张|条|[vVwWaAmM]))"
)
_MONEY = re.compile(
    r"(?:\d+(?:\.\d+)?\s*(?:元|块(?:钱|多|(?![\u4e00-\u9fff]))|万)|"
    r"[零一二两三四五六七八九十几][零一二两三四五六七八九十百千万几]*(?:元|块钱|万块?|千块?|百块)(?![一-龥]?[块片张]))"
)
_ACCOUNT = re.compile(
    r"(?<=微信)号?[:：是]?\s*[A-Za-z][\w-]{4,}|\b(?:wx|vx|qq)[:：是]?\s*[\w-]{5,}|[\w.+-]+@[\w-]+\.[\w.]+",
    re.IGNORECASE | re.ASCII,
)
_GIVEN = "[\u4e00-\u9fff]"
_DOUBLE = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|司徒|南宫"
_FULL = rf"(?:(?:{_DOUBLE})|[{SURNAMES}高]){_GIVEN}"
_END = r"(?=$|[\s,，.。;；!！、?？:：(（]|手机|电话|微信|家?住(?!户)|家的|的家|在\d|\d)"
#: What staff do to a resident who complains of them: the name ends before it.
_DID = (
    r"(?=$|[^\u4e00-\u9fff]|[骂打推吵吼说讲态不没在把对收要乱经总一今昨刚上就很也还给的是故偷拿抽喝睡玩看站当值来去])"
)
_NAMES = (
    re.compile(rf"(?<=我叫)(?:(?:{_DOUBLE}){_GIVEN}{{1,2}}|{_GIVEN}{{2,3}})"),
    re.compile(rf"(?:(?<=姓名)|(?<=联系人))[:：是叫]?\s*{_GIVEN}{{2,4}}"),
    re.compile(rf"(?<=名字)[:：是叫]\s*{_GIVEN}{{2,4}}"),
    re.compile(rf"(?:(?<=我是)|(?<=本人)|(?<=业主)|(?<=住户)|(?<=租客)|(?<=户主))(?![的家说人]){_FULL}{_GIVEN}?{_END}"),
    re.compile(rf"^{_FULL}{_GIVEN}?(?=[\s,，、:：]*(?:手机|电话|微信|联系|{re.escape(_HIDDEN)}|\d))"),
    re.compile(
        rf"(?:(?<=保安)|(?<=管家)|(?<=保洁)|(?<=师傅)|(?<=前台)|(?<=客服)|(?<=经理)|(?<=主任)){_FULL}{_GIVEN}??{_DID}"
    ),
)


def masked(text: str, limit: int = 60) -> str:
    """The words without phone, room, name, account and sum, at most `limit` characters."""
    pieces = [piece if at % 2 else _without(piece) for at, piece in enumerate(_KEPT.split(text))]
    text = "".join(pieces)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _without(text: str) -> str:
    text = _CHAIN.sub(_chain, text)
    for pattern in (_ACCOUNT, _SPOKEN_CHAIN, _ROOM, _MONEY, _BARE, *_NAMES):
        text = pattern.sub(_HIDDEN, text)
    return text.replace(_HIDDEN * 2, _HIDDEN)


def _chain(found: re.Match[str]) -> str:
    return found.group() if re.sub(r"\D", "", found.group()) in _HOTLINES else _HIDDEN
