"""Numbers, dates and deadlines in the Chinese that screens and official documents use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

UNREPORTED = "未报"
NOT_APPLICABLE = "—"
_WEEKDAYS = "一二三四五六日"
_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")

Number = int | float | Decimal


class Tone(StrEnum):
    """How urgent a deadline looks: amber from three working days, red on the day and after."""

    CALM = "calm"
    SOON = "soon"
    DUE = "due"


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _trimmed(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def thousands(value: Number | None, places: int = 0) -> str:
    """76,000 for screens; an unknown number is 未报, a true zero is 0."""
    if value is None:
        return UNREPORTED
    return f"{_rounded(_decimal(value), places):,f}"


def _rounded(value: Decimal, places: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def counted(value: Number | None, unit: str) -> str:
    """76,000名."""
    return UNREPORTED if value is None else thousands(value) + unit


def wan(value: Number | None, places: int = 2) -> str:
    """For official documents, no separators: 7.6万, 1236万, 3.25亿; below ten thousand the plain number."""
    if value is None:
        return UNREPORTED
    number = _decimal(value)
    for size, unit in ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")):
        if abs(number) >= size:
            scaled = _rounded(number / size, places)
            if unit == "万" and abs(scaled) >= 10_000:
                return _trimmed(_rounded(number / Decimal(10) ** 8, places)) + "亿"
            return _trimmed(scaled) + unit
    return _trimmed(_rounded(number, places))


def money(value: Number | None) -> str:
    """Two decimals for table cells, the unit stands in the column head: 12,360,000.00."""
    return thousands(value, 2)


def money_headline(value: Number | None) -> str:
    """1,236万元 for a figure on a screen."""
    if value is None:
        return UNREPORTED
    number = _decimal(value)
    if abs(number) < 10_000:
        return f"{thousands(number, 0 if number == number.to_integral() else 2)}元"
    scaled = _rounded(number / 10_000, 2)
    whole = thousands(scaled, 0 if scaled == scaled.to_integral() else 2)
    return f"{whole.rstrip('0').rstrip('.') if '.' in whole else whole}万元"


def money_document(value: Number | None) -> str:
    """1236万元 for an official document."""
    return UNREPORTED if value is None else f"{wan(value)}元"


def signed(value: Number | None) -> str:
    """A change carries its sign: +17, -3, 0."""
    if value is None:
        return UNREPORTED
    return ("+" if value > 0 else "") + thousands(value)


def percent(part: int | None, whole: int | None, *, with_base: bool = True) -> str:
    """One decimal with its base: 92.3%（12/13）."""
    if part is None or whole is None:
        return UNREPORTED
    if whole == 0:
        return NOT_APPLICABLE
    share = f"{_rounded(Decimal(part) * 100 / Decimal(whole), 1)}%"
    return f"{share}（{part:,}/{whole:,}）" if with_base else share


def day(value: date, today: date | None = None) -> str:
    """3月6日, with the year only when it is not this one."""
    year = "" if today is not None and value.year == today.year else f"{value.year}年"
    return f"{year}{value.month}月{value.day}日"


def day_and_weekday(value: date, today: date | None = None) -> str:
    """3月6日（周一）."""
    return f"{day(value, today)}（周{_WEEKDAYS[value.weekday()]}）"


def day_table(value: date | None) -> str:
    """2021-08-17 for tables."""
    return NOT_APPLICABLE if value is None else value.strftime("%Y-%m-%d") if value.year > 999 else value.isoformat()


def clock(value: time | datetime) -> str:
    """17:30."""
    return f"{value.hour:02d}:{value.minute:02d}"


def moment(value: datetime, today: date | None = None) -> str:
    """3月6日17:30."""
    return day(value.date(), today) + clock(value)


def day_range(start: date, end: date, today: date | None = None) -> str:
    """3月8日至4月7日; 3月8日至10日 within a month; the year once."""
    if start == end:
        return day(start, today)
    if start.year != end.year:
        return f"{day(start)}至{day(end)}"
    if start.month != end.month:
        return f"{day(start, today)}至{end.month}月{end.day}日"
    return f"{day(start, today)}至{end.day}日"


def clock_range(start: time | datetime, end: time | datetime) -> str:
    """06:00–22:00."""
    return f"{clock(start)}–{clock(end)}"


def deadline(days_left: int, at: time | None = None, *, unit: str = "个工作日") -> str:
    """剩3个工作日, 今天17:30前, 逾期1个工作日. `days_left` is counted by the calendar of working days."""
    if days_left > 0:
        return f"剩{days_left}{unit}"
    if days_left < 0:
        return f"逾期{-days_left}{unit}"
    return f"今天{clock(at)}前" if at is not None else "今天到期"


def deadline_sentence(days_left: int, due: date, today: date, at: time | None = None) -> str:
    """剩3个工作日，3月6日到期."""
    if days_left == 0:
        return deadline(0, at)
    verb = "到期" if days_left > 0 else "已到期"
    return f"{deadline(days_left)}，{day(due, today)}{verb}"


def deadline_tone(days_left: int) -> Tone:
    if days_left <= 0:
        return Tone.DUE
    return Tone.SOON if days_left <= 3 else Tone.CALM


def time_left(seconds: float) -> str:
    """约剩40秒, 约剩3分钟, 约剩2小时, for work that is running."""
    if seconds < 60:
        return f"约剩{max(1, round(seconds))}秒"
    if seconds < 3570:
        return f"约剩{round(seconds / 60)}分钟"
    return f"约剩{round(seconds / 3600)}小时"


def size(count: int) -> str:
    """3.2 MB."""
    value = Decimal(count)
    for unit in ("字节", "KB", "MB"):
        if value < 1024:
            return f"{_trimmed(_rounded(value, 1))} {unit}"
        value /= 1024
    return f"{_trimmed(_rounded(value, 1))} GB"


def listed(names: Sequence[str], total: int | None = None, unit: str = "家", shown: int = 3) -> str:
    """吉州区、青原区、吉安县等13家; everything is named when it fits."""
    count = len(names) if total is None else total
    if count <= shown:
        return "、".join(names)
    return f"{'、'.join(names[:shown])}等{count:,}{unit}"


def hanzi_number(value: int) -> str:
    """十二, 一百零五 for 第四次, 第十二届.

    :raises ValueError: below 0 or above 9999.
    """
    if not 0 <= value <= 9999:
        raise ValueError(f"no short Chinese numeral for {value}")
    if value == 0:
        return "零"
    digits = [int(char) for char in str(value)]
    words = ""
    for index, digit in enumerate(digits):
        place = len(digits) - index - 1
        if digit:
            words += _DIGITS[digit] + _PLACES[place]
        elif any(digits[index + 1 :]) and not words.endswith("零"):
            words += "零"
    return words[1:] if words.startswith("一十") else words
