"""What can go wrong while deciding.

HandlersError
└── TextError    texts that do not load, or lack a key or a value
"""

from collections.abc import Sequence


class HandlersError(Exception):
    """A decision could not be made."""


class TextError(HandlersError):
    """A text cannot be loaded or rendered; `problems` lists each with its file and key."""

    def __init__(self, problems: Sequence[str]) -> None:
        """All problems at once."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
