"""How urgent a row makes its lane: emergencies and taps are claimed before the others (P7)."""

EMERGENCY, TAP, ORDINARY = 9, 3, 0
