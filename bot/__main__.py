"""`guanjia`, the same as `python -m bot`."""

import sys

from bot.cli import build


def main() -> None:
    """Run the command that the arguments name; wrong use exits with code 2."""
    build(sys.argv[1:])(prog_name="guanjia")


if __name__ == "__main__":
    main()
