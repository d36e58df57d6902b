"""People by surname and title: 李师傅, 王主任, 小张."""

import re

from nlp.slots.span import Found

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董袁潘蒋蔡余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖"
    "石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺顾毛郝龚邵万钱覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂"
)
_TITLES = (
    "师傅|主任|经理|管家|队长|班长|主管|会计|出纳|总监|站长|所长|书记|组长|老师|先生|女士|小姐|阿姨|大爷|大妈|大哥|大姐|叔叔|"
    "保安|客服|电工|水工|工程师|工(?=[^作程地单资期业人具厂])|工$|总(?=[^是共之算体结在会得表闸])|总$|姐(?![妹姐])|哥(?!哥)|叔(?!叔)"
)
_TITLED = re.compile(
    rf"(?:[老小])?[{SURNAMES}](?:[\u4e00-\u9fff]{{1,2}}(?=师傅|主任|经理|管家|队长|主管))?(?:{_TITLES})"
)
_FAMILIAR = re.compile(
    rf"(?<![大最从])[老小][{SURNAMES}](?![\u4e00-\u9fff]?[区门道路车时孩子层夏白高方石田江])(?=$|[^\u4e00-\u9fff]|[说来去在电没给打上的是让叫跟和那])"
)


def find_persons(text: str) -> list[Found[str]]:
    """Every person named by surname, in order, as said."""
    found = [Found(m.start(), m.end(), m.group()) for m in _TITLED.finditer(text)]
    for match in _FAMILIAR.finditer(text):
        if all(match.end() <= one.start or match.start() >= one.end for one in found):
            found.append(Found(match.start(), match.end(), match.group()))
    return sorted(found, key=lambda one: one.start)
