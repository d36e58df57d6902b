"""问候与闲聊: a greeting, who we are, goodbye. Rules: S-REC-01, SC-V01, SC-D01, SC-D13."""

import re

from handlers.commands import binding
from handlers.dialog.form import Step
from handlers.effects import Say
from handlers.facts import Facts, TimerOf
from nlp.meaning import Act

INTENTS = ("greeting",)

_BYE = re.compile(r"再见|拜拜|回头见|晚安|先这样|88$")
_THANKS = re.compile(r"谢|辛苦|感激|麻烦你|麻烦您")
_WHO = re.compile(r"你是谁|您是谁|你叫什么|机器人|真人|人工智能|在吗|有人吗|在不在|你会什么|能做什么|有什么功能")
_SAD = re.compile(r"烦|累|难过|伤心|无聊|心情|生气|郁闷")


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """One courteous line and the offer to help."""
    text = act.text or facts.inbound.text
    special = binding.take(text, facts)
    if special is not None:
        return special
    if facts.ask(TimerOf("hand_over_wait", facts.speaker.lane)) is not None:
        return [Say("human.still_waiting")]
    if _BYE.search(text):
        return [Say("greeting.bye")]
    if _THANKS.search(text):
        return [Say("greeting.thanks")]
    if _WHO.search(text):
        return [Say("greeting.who")]
    if _SAD.search(text):
        return [Say("greeting.comfort")]
    today = facts.conversation.greeted_on == facts.today.isoformat()
    return [Say("greeting.again" if today or facts.speaker.person is not None else "greeting.hello")]
