"""What a callback says to a request that it does not take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request is turned away; nothing of it was processed (protocol.md 4.3).

    Attributes:
        status: HTTP status, always 4xx: the sender controls what is wrong (INV-20).
        reason: a constant label for the counter and the log, never taken from the request.
    """

    status: int
    reason: str


FORGED = Refusal(403, "bad_signature")
FOREIGN = Refusal(403, "bad_receive_id")
STALE = Refusal(403, "bad_timestamp")
DOWNGRADED = Refusal(403, "wrong_mode")
MISSING = Refusal(400, "missing_parameter")
AMBIGUOUS = Refusal(400, "repeated_parameter")
MALFORMED_QUERY = Refusal(400, "bad_parameter")
UNREADABLE = Refusal(400, "bad_cipher")
MALFORMED_XML = Refusal(400, "bad_xml")
INCOMPLETE = Refusal(400, "missing_element")
MISTYPED = Refusal(400, "bad_element")
