"""Words that name a fault or a nuisance, whoever is blamed for it. Rules: domain.md appendix C."""

import re

_FAULT = re.compile(
    r"漏|坏|堵|断|裂|滴|响|臭|停|不[亮通动热冷转开关来出]|没[水电气网]|掉|脏|吵|打不|关不|跳|渗|松|卡|烧|冒|积"
)


def names_fault(text: str) -> bool:
    """Whether something is broken, dirty or loud in these words."""
    return _FAULT.search(text) is not None
