"""The sentences staff use, as patterns without the ticket number; the first that fits wins (domain.md 8.19)."""

import re
from dataclasses import dataclass
from typing import Literal

#: plain: a command wherever it stands. own: only with a number, a photo or in private, since colleagues also just chat.
#: numbered: only with a number.
Weight = Literal["plain", "own", "numbered"]


@dataclass(frozen=True, slots=True)
class Line:
    """One pattern of one command."""

    name: str
    pattern: re.Pattern[str]
    weight: Weight


def _line(name: str, pattern: str, weight: Weight = "plain") -> Line:
    return Line(name, re.compile(pattern, re.IGNORECASE | re.DOTALL), weight)


_WE = r"(?:我们?|这边|这单|这个|已经?|都|刚|全部?|师傅)*"
_ON = r"(?:了|啦|咯|喽|哈|的|吧|呢|啊)*"
_GAP = r"[\s:：,，]+"
_UNDONE = r"(?:没[做修完干处]\S{0,3}|未完成)"
_JOB = r"(?:工单|单子?|活儿?|任务|报修|投诉)"
_OF_WHOM = r"(?:我的|今[天日]的?|所有|全部|待处理|待办|在办|当前)"
_TEST = r"(?:试漏|试水|闭水)(?:试验|测试)?"
_DONE = r"修好|修完|完工|搞定|弄好|做好|办好|换好|装好|通好|处理好|处理完毕?|干完|完成|解决|修理好|维修完毕"
_CAUSE = (
    r"等配件|等材?料|缺配件|没配件|没材料|配件没到|等业主|等住户|等厂家|等第三方|业主不在家?|家里没人|"
    r"联系不上.{0,4}"
)
_NOT_OURS = r"不是我们管|不归我们|不是我们的|派错|不会修|干不了|修不了|搞不定|没法修|去不了"
_CANNOT = r"过不去|过不来|去不了|来不了|赶不过去|赶不上|来不及|没空|排不开|走不开|忙不过来"
_SCARE = r"虚惊一场|一场虚惊|假警报"
_GO = r"(?:去|到|来|过去|过来)"
PEOPLE = r"(?:业主|住户|客户|用户|对方|他|她|人家)"

LINES: tuple[Line, ...] = (
    _line("help", r"^(?:帮助|指令|命令|怎么用|有哪些(?:指令|命令)|help)$"),
    _line("release", r"^(?:交还(?:给)?(?:机器人|管家|系统)?|还给机器人|转人工结束|人工结束|结束人工|结束接管)$"),
    _line("take_over", r"^接管(?:对话|会话|聊天)?(?P<rest>.*)$"),
    _line("hand_shift", r"^(?:我)?(?:要|申请)?(?:交班|交接班|下班交接|离岗)(?P<rest>.*)$"),
    _line("take_shift", r"^(?:我)?(?:已)?(?:接班|到岗接班)(?:了)?$"),
    _line("box", r"^(?:意见箱)?(?:已)?开箱(?:了)?(?P<rest>.*)$"),
    _line("report_up", r"^(?:呈报|上报|呈送|报(?:公司)?领导)(?P<rest>.*)$"),
    _line("history", r"^(?:查|看)?(?:一下)?(?:维修)?(?:履历|历史|记录)(?P<rest>.*)$"),
    _line("away", r"^(?:我)?(?:暂离|暂时离开|离开一下|走开一下|先离开一下)(?:一会儿?)?$"),
    _line("look_up", r"^(?:我)?(?:去)?(?:查询中|去查一下|去核实一下|核实中)$"),
    _line("back", r"^(?:我)?(?:回来了|回来|查完了|继续服务)$"),
    _line("callback", rf"^(?:电话|上门)?回访(?:过|结果)?{_GAP}(?P<rest>.+)$"),
    _line("spot", rf"^(?:电话)?抽查(?:回访|结果)?{_GAP}(?P<rest>.+)$"),
    _line("review", rf"^(?:回访)?(?:审阅|审核意见){_GAP}(?P<rest>.+)$"),
    _line("merge", r"^(?:合并|并单|并到|并入)(?P<rest>.*)$"),
    # What is open, how one stands.
    _line(
        "list",
        rf"^(?:今天|今日|现在|手上|我)*(?:还)?(?:有|剩)?(?:哪些|(?:什么|多少)(?={_UNDONE}?的?{_JOB}))"
        rf"{_UNDONE}?的?{_JOB}?{_UNDONE}?$",
    ),
    _line(
        "list",
        rf"^(?:查?看{{0,2}}|列出)?(?:{_OF_WHOM}|{_UNDONE})+的?{_JOB}(?:呢|清单|列表)?$|^(?:清单|待办|工单列表)$",
    ),
    _line("status", r"^(?:这单|这个)?(?:现在|目前)?是?(?:什么|啥)(?:情况|状态|进[展度]|问题|事)[了呢啊]?$", "numbered"),
    _line(
        "status",
        r"^(?:怎么样|咋样|到哪一?步|到哪|进[展度]|状态|情况|详情|查看?|查一下|查询|看一?下|谁在(?:弄|修|跟|处理))"
        r"(?:了|呢|啊|如何)*$",
        "numbered",
    ),
    # Records on the job.
    _line("leak_start", rf"^(?:开始)?{_TEST}(?:已?开始)?了?$"),
    _line(
        "leak_bad",
        rf"^{_TEST}(?:结束|完成)?[，,]?(?:还|还在|又)?(?:漏了?|不合格|没通过|不通过|有渗漏|失败)(?P<rest>.*)$",
    ),
    _line("leak_end", rf"^{_TEST}(?:结束|完成|完毕|做完|通过|合格|没漏|不漏|没问题|正常)(?P<rest>.*)$"),
    _line("material_bad", r"^(?:自备)?材料(?:验收)?不合格(?P<rest>.*)$"),
    _line("material_good", r"^(?:自备)?材料(?:验收)?(?:合格|没问题|可以用)(?P<rest>.*)$"),
    _line("quote", r"^(?:报价|报个价|收费|费用)(?P<rest>[\s:：]*(?:¥|￥)?\s*\d.*)$"),
    _line("quote", r"^(?:报价|报个价)(?P<rest>[\s:：]+.*\d.*)$"),
    _line("items", rf"^(?:维修)?项目{_GAP}(?P<rest>.+)$"),
    _line("adopted_no", r"^(?:不采纳|暂不采纳|不予采纳)(?P<rest>.*)$"),
    _line("adopted_yes", r"^(?:采纳|列入计划|列入工作计划)(?P<rest>.*)$"),
    _line("offlist_no", r"^(?:不核准|不批准|不予核准|不同意(?:维修|安排))(?P<rest>.*)$"),
    _line("offlist_yes", r"^(?:核准|批准|同意(?:维修|安排))(?P<rest>.*)$"),
    _line(
        "order_type",
        r"^(?:定为|改为|按)?(?P<rest>(?:无偿|有偿|保修|质量整改|整改)(?:维修|报修|服务)?(?:\s.*)?)$",
        "numbered",
    ),
    _line("recheck", r"^(?:整改)?复检(?:已)?(?:合格|通过)(?P<rest>.*)$"),
    _line("urgent", r"^(?:加急|改(?:为|成)?紧急|升为紧急)(?P<rest>.*)$", "numbered"),
    _line("not_urgent", r"^(?:改(?:为|成)?(?:一般|普通|非紧急)|不(?:紧)?急)(?P<rest>.*)$", "numbered"),
    _line("audit", r"^(?:收费|费用)?审核(?P<rest>.*)$"),
    _line(
        "delay", r"^(?:申请)?(?:延期|延后|延迟|推迟|改期|改约|改到|改成(?=[今明后周下\d])|顺延)(?:到|至)?(?P<rest>.*)$"
    ),
    _line("delay", rf"^(?P<rest>.{{0,12}}?(?:{_CANNOT}).{{0,12}}?(?:改|换|约|推|延|明天|后天).*)$", "own"),
    # Complaints.
    _line("contact", rf"^{_WE}联系(?:过|上|好)?(?:{PEOPLE})?(?:过|上)?{_ON}(?P<rest>[，,\s].*)?$"),
    _line("contact", rf"^{_WE}(?:跟|和|给)?{PEOPLE}?(?:打过电话|通过电话|回过?电)(?:了)?(?P<rest>.*)$", "own"),
    _line("level_down", r"^(?:降级|降为|降到|降低级别)(?P<rest>.*)$"),
    _line("level_up", r"^(?:升级|升为|提级|升到|改为)(?P<rest>(?:到|为|成)?(?:重大|重要|轻微)?.*)$"),
    _line("verdict_no", r"^(?:判定)?(?:为)?无效(?:投诉)?(?P<rest>.*)$"),
    _line("verdict_yes", r"^(?:判定)?(?:为)?有效(?:投诉)?(?P<rest>.*)$"),
    _line("measure", rf"^(?:整改|改进|纠正)?措施{_GAP}(?P<rest>.+)$"),
    _line("verified", r"^(?:措施)?(?:已)?(?:检查|验证)(?:通过|合格|没问题)(?P<rest>.*)$"),
    _line("verified_bad", r"^(?:措施)?(?:检查|验证)(?:不通过|没通过|未通过|不合格|没到位|不到位)(?P<rest>.*)$"),
    _line("liability", rf"^责任(?:认定|归属|方)?{_GAP}(?P<rest>.+)$"),
    _line("municipal", rf"^(?:属于?)?市政(?:原因|问题|投诉)?{_GAP}(?P<rest>.+)$"),
    _line("result", rf"^(?:处理|办理)?结果{_GAP}(?P<rest>.+)$"),
    _line("receive", r"^(?:我)?(?:已)?(?:接收|签收)(?:了)?$"),
    # Who does it.
    _line("assign", r"^(?:派工?单?|指派|分派|分配|安排)(?:一下)?(?:\s*(?:给|让)|\s+)\s*(?P<rest>我|\S{2,8}.*)$"),
    _line("assign", r"^(?:派|指派|分派|安排)(?P<rest>\S{2,8})$", "numbered"),
    _line("assign", r"^(?:让|叫)(?P<rest>\S{2,6}?)(?:去|来|处理|修|看).{0,6}$", "numbered"),
    _line("assign", r"^给(?P<rest>\S{2,6})$", "numbered"),
    _line("transfer", r"^(?:转给|转派(?:给)?|转单(?:给)?|移交(?:给)?|交给|转交(?:给)?)\s*(?P<rest>[^我\s]\S*.*)$"),
    _line("transfer", r"^转(?!人工)(?P<rest>\S{2,8})$", "numbered"),
    # How it goes on.
    _line("resume", rf"^(?:恢复|继续|解挂|取消挂起|解除挂起|复工|接着)(?:处理|维修|修|干|弄|做|施工)?{_ON}$"),
    _line("resume", rf"^(?:配件|材料|料|零件){_WE}到(?:货)?了?(?P<rest>.*)$", "own"),
    _line("suspend", r"^(?:先)?(?:挂起|挂单|暂停|挂一下|先放一?放|先停一?下)(?P<rest>.*)$"),
    _line("suspend", rf"^(?P<rest>(?:{_CAUSE}).*)$", "own"),
    _line("return", r"^(?:我)?(?:申请)?(?:退单|退回|退掉|退了)(?P<rest>.*)$"),
    _line("return", rf"^(?P<rest>(?:这)?(?:{_NOT_OURS}).*)$", "own"),
    _line("cancel", r"^(?:取消工单|取消报修|取消单子|作废|撤单|撤销工单|销单)(?P<rest>.*)$"),
    _line("cancel", rf"^(?:取消|{PEOPLE}说?(?:取消|不修|不用修|不需要|不弄)|不用[修去])了?(?P<rest>.*)$", "numbered"),
    _line("arrive", rf"^{_WE}(?:到场|到现场|到达(?:现场)?|到位|到门口|到楼下|到地方)(?:签到)?{_ON}$"),
    _line("arrive", r"^(?:我|人|已经?|刚|师傅)*到(?:了|啦|咯)$|^已到$|^已经?到$"),
    _line(
        "all_clear", rf"^(?:警报|险情|警情|火情|现场)?(?:已经?|都)?(?:解除|排除)(?:警报|险情)?{_ON}(?:[，,。\s].*)?$"
    ),
    _line("all_clear", rf"^(?:[警险火]情|警报|现场)?(?:已经?|都)?(?:解除|排除)(?:警报|险情)?{_ON}(?:[，,。\s].*)?$"),
    _line("all_clear", rf"^{_WE}(?:是)?(?:误报|{_SCARE}|没有?险情){_ON}(?:[，,。\s].*)?$"),
    _line("all_clear", rf"^{_WE}(?:没事|安全|平安){_ON}(?:[，,。\s]*是?(?:误报|{_SCARE}|都没事|放心){_ON})?$", "own"),
    _line("finish", rf"^{_WE}(?:{_DONE}){_ON}$"),
    _line("finish", rf"^{_WE}(?:{_DONE}){_ON}[，,。.\s]+(?P<rest>.+)$"),
    _line("finish", rf"^(?P<rest>[^不没未吗?？]{{1,10}}?(?:{_DONE}){_ON}(?:[，,。\s].+)?)$", "own"),
    _line("finish", r"^好了$|^可以了$|^行了$", "own"),
    _line("accept", r"^(?:我|已)?(?:接单|抢单|接了|接下了?|接这单|来接|接受)(?:了|啦)?$"),
    _line("accept", r"^我们?(?:来|去|接|上|弄|修|拿|处理|负责)(?:吧|了|看看|看一?下|处理|弄|修|搞|一趟|接单|这单)*$"),
    _line(
        "accept",
        rf"^(?:交给我|算我的?|我的|我?马上{_GO}|我?这就{_GO}|收到.{{0,2}}(?:马上|这就)?{_GO})[吧了]?$",
        "numbered",
    ),
    _line("acknowledge", r"^(?:收到|知道了|知悉|明白|了解|好的?|ok)$", "numbered"),
)
