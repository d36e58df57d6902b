"""身份 and 角色 as people write them -> keys (domain.md 1.1, 1.2)."""

from bot.importing.cell import Wrong, required
from bot.importing.table import Cell
from storage.model import Role, Tenure

_TENURES = {
    Tenure.OWNER: "业主 产权人 房东 户主",
    Tenure.TENANT: "租户 租客 承租人 租赁 使用人",
    Tenure.FAMILY: "家属 家人 配偶 子女 父母 同住人",
}
_TITLES = {
    Role.FRONT_DESK: "前台接待 客服前台 前台 接待人员 客服人员 客服 客服专员 大厅接待员 办公室工作人员",
    Role.BUTLER: "管家 贴心管家 楼管员 网格管家",
    Role.CS_ASSISTANT: "客服助理 客户助理 物管员 管理员",
    Role.CS_LEAD: "客服部领班 客服领班 领班",
    Role.CS_MANAGER: "客户服务部部长 客服部部长 客户服务中心主管 客服主管 客服经理 客户服务主管",
    Role.DISPATCHER: "调度 调度员 派工人 派工员",
    Role.REPAIR_SUPERVISOR: "维修主管 工程主管 工程管理人员 工程经理",
    Role.REPAIRER: "维修人员 维修工 维修员 维修师傅 工程维修人员 维修部专业人员 水电工 电工 水工",
    Role.SECURITY: "安护员 保安 保安员 秩序维护 秩序员 秩序维护员 门岗 安护部 监控中心 秩序主管 保安队长 秩序队长",
    Role.CLEANING: "环境部 保洁 保洁员 绿化 绿化工 清洁消杀 保洁主管 环境主管",
    Role.FINANCE: "财务人员 财务 会计 出纳 计划财务部 收费员 收费人员",
    Role.DIRECTOR: "管理处主任 主任 管理处经理 管理处负责人 物业经理 项目经理 管理部经理",
    Role.COMPANY_LEADER: "公司领导 总经理 分管领导 上级领导 公司",
    Role.GENERAL_AFFAIRS: "综合事务部 综合部 文员 常务部 行政",
    Role.DUTY: "值班人员 值班员 值班 24小时值班",
}
_TENURE_OF = {word: key for key, words in _TENURES.items() for word in (key.value, *words.split())}
_ROLE_OF = {word: key for key, words in _TITLES.items() for word in (key.value, *words.split())}


def tenure_of(cell: Cell) -> Tenure:
    """业主, 租户 or 家属, in these or other usual words."""
    said = required(cell, 32)
    found = _TENURE_OF.get(said.lower())
    if found is None:
        raise Wrong("应为 业主、租户 或 家属")
    return found


def role_of(said: str, post: str) -> Role:
    """A role by its key or Chinese title; when the column is empty, by the post.

    Raises:
        Wrong: neither is known.
    """
    found = _ROLE_OF.get((said or post).lower())
    if found is None:
        raise Wrong(f"角色“{said or post}”认不出来；可写 {'、'.join(words.split()[0] for words in _TITLES.values())}")
    return found
