"""Chinese numerals in addresses, times and sums."""

_DIGITS = {
    "零": 0,
    "〇": 0,
    "幺": 1,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
#: Characters of a spoken number, for use inside a character class.
SPOKEN = "零〇幺一二两三四五六七八九十百千万"
#: Characters of a number read digit by digit.
DIGITS = "零〇幺一二两三四五六七八九"


def spell(text: str) -> str:
    """The Arabic digits of a number said digit by digit or as a value: 五零一 -> 501, 十二 -> 12, 十二零三 -> 1203.

    Characters that are no numerals stay.
    """
    if not any(character in _DIGITS or character in _UNITS for character in text):
        return text
    if any(character in "百千万" for character in text):
        amount = value(text)
        return text if amount is None else str(amount)
    return _digit_by_digit(text)


def _digit_by_digit(text: str) -> str:
    parts: list[str] = []
    for place, character in enumerate(text):
        if character == "十":
            before = place > 0 and text[place - 1] in _DIGITS
            after = text[place + 1 : place + 2]
            one_digit_follows = after in _DIGITS and after not in ("零", "〇") and after != ""
            parts.append(("" if before else "1") + ("" if one_digit_follows else "0"))
        else:
            parts.append(str(_DIGITS.get(character, character)))
    return "".join(parts)


def value(text: str) -> int | None:
    """The whole number of 12, 十二, 三千五 (3500), 一百零五; None when it is none."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    if not any(character in _UNITS for character in text):
        spelled = "".join(str(_DIGITS.get(character, character)) for character in text)
        return int(spelled) if spelled.isdigit() else None
    return _by_units(text)


def _by_units(text: str) -> int | None:
    total, section, digit, last_unit, gap = 0, 0, 0, 1, False
    for character in text:
        if character in _UNITS:
            unit = _UNITS[character]
            if unit == 10000:
                total = (section + digit) * unit
                section = 0
            else:
                section += (digit or 1) * unit
            digit, last_unit, gap = 0, unit, False
        elif character in _DIGITS:
            digit = digit * 10 + _DIGITS[character] if character not in "零〇" and digit else _DIGITS[character]
            gap = gap or character in "零〇"
        elif character.isdigit():
            digit = digit * 10 + int(character)
        else:
            return None
    tail = digit if gap or last_unit <= 10 else digit * last_unit // 10
    return total + section + tail
