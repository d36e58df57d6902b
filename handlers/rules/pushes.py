"""Which pushes a resident may refuse, and the words' record. Rules: domain.md 8.19 退订, S-REC-20."""

#: Kind of the record that says whether a lane wants the pushes that it may refuse; the latest counts.
OPT_OUT = "opt_out"
#: Text keys of pushes that 退订 stops. Never among them: safety, the progress of one's own matters, bills and receipts,
#: and whatever answers something that was said.
_OPTIONAL = ("callback.", "ticket.said.sign_off_remind", "common.still_there", "common.closed")


def is_optional(key: str) -> bool:
    """Whether 退订 stops this push."""
    return key.startswith(_OPTIONAL)
