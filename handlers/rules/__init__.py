"""Domain arithmetic and the values it uses; each topic owns its dataclass, `Rules` composes them."""

from dataclasses import dataclass, field

from handlers.rules.access import AccessRules
from handlers.rules.calendar import CalendarRules
from handlers.rules.callback import CallbackRules
from handlers.rules.complaint import ComplaintRules
from handlers.rules.desk import DeskRules
from handlers.rules.dispatch import DispatchRules
from handlers.rules.fees import FeeRules
from handlers.rules.order import OrderRules
from handlers.rules.quiet import QuietHours
from handlers.rules.reception import ReceptionRules
from handlers.rules.retention import RetentionRules
from handlers.rules.self_help import SelfHelpRules
from handlers.rules.sla import SlaRules
from handlers.rules.triage import TriageRules


@dataclass(frozen=True, slots=True)
class Rules:
    """All rule values, from `rules.<topic>` of config.yaml. Defaults are those of domain.md."""

    reception: ReceptionRules = field(default_factory=ReceptionRules)
    triage: TriageRules = field(default_factory=TriageRules)
    sla: SlaRules = field(default_factory=SlaRules)
    dispatch: DispatchRules = field(default_factory=DispatchRules)
    complaint: ComplaintRules = field(default_factory=ComplaintRules)
    callback: CallbackRules = field(default_factory=CallbackRules)
    fees: FeeRules = field(default_factory=FeeRules)
    quiet: QuietHours = field(default_factory=QuietHours)
    access: AccessRules = field(default_factory=AccessRules)
    desk: DeskRules = field(default_factory=DeskRules)
    order: OrderRules = field(default_factory=OrderRules)
    self_help: SelfHelpRules = field(default_factory=SelfHelpRules)
    calendar: CalendarRules = field(default_factory=CalendarRules)
    retention: RetentionRules = field(default_factory=RetentionRules)
