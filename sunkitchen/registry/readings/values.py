"""What stands after a label, as it is stored: dates, numbers with their check digits, names. Pure.

Repairs are made only where nothing else can be meant (a letter O where digits stand), and cost confidence.
"""

import re
from dataclasses import dataclass
from datetime import date

from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.iso7064 import mod_11_10

REPAIRED, CHECK_FAILS, LOOSE = 0.8, 0.45, 0.85  # what is left of the confidence
DIGITS = str.maketrans("OoQDIl|丨〇", "000011110")
CODE = str.maketrans("OIZS丨|", "01251" + "1")  # letters that a credit code never has
ENDLESS = ("长期", "永久", "无固定期限", "不约定期限")
# An identity number (GB 11643) is nobody's business here, wherever it stands.
IDENTITY = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")

_DAY = re.compile(
    r"(?P<y>[12Il][90Oo][\dOoIl]{2})(?P<a>[年\-./—－·]?)(?P<m>[\dOoIl]{1,2})(?P<b>[月\-./—－·]?)(?P<d>[\dOoIl]{1,2})日?"
)
# 二〇二五年三月十二日, as old forms and seals have it.
_NUMERALS = {letter: digit for digit, letters in enumerate(("〇零○O0", *"一二三四五六七八九")) for letter in letters}
_IN_CHARACTERS = re.compile(
    r"(?P<y>[一二][〇零○O0一二三四五六七八九]{3})年(?P<m>[一二三四五六七八九十1]{1,2})月(?P<d>[一二三四五六七八九十]{1,3})日"
)


@dataclass(frozen=True)
class Day:
    day: date
    sure: float
    start: int
    end: int


def days(text: str) -> list[Day]:
    """Every date in the text (blanks left out), in its order; one that no calendar has is none."""
    found, at = [], 0
    text = text.replace("元月", "1月").replace("—", "-")
    while match := _DAY.search(text, at):
        at = match.end()
        parts = [match[name].translate(DIGITS) for name in "ymd"]
        marks = sum(bool(match[name]) for name in "ab")
        if marks == 0 and (len(match[0]) != 8 or re.match(r"\d", text[at : at + 1])):
            at = match.start() + 1
            continue
        if marks == 1 and len(match["m"]) + len(match["d"]) < 4:
            at = match.start() + 1
            continue
        day = _day(*map(int, parts))
        if day is None:
            continue
        sure = 1.0 if parts == [match[name] for name in "ymd"] else REPAIRED
        found.append(Day(day, sure if marks != 1 else sure * REPAIRED, match.start(), match.end()))
    for match in _IN_CHARACTERS.finditer(text):
        year = int("".join(str(_NUMERALS[letter]) for letter in match["y"]))
        if day := _day(year, _small(match["m"].replace("1", "一")), _small(match["d"])):
            found.append(Day(day, 1.0, match.start(), match.end()))
    return sorted(found, key=lambda each: each.start)


def _day(year: int, month: int, day: int) -> date | None:
    """None for one that no calendar has, or that no paper of today bears."""
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if date(1978, 1, 1) <= found <= date(2099, 12, 31) else None


def _small(letters: str) -> int:
    """十二 as 12, 三十 as 30; 0 where it is none."""
    tens, ten, ones = letters.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or any(letter not in _NUMERALS for letter in tens + ones):
        return 0
    return (_NUMERALS.get(tens, 1) * 10 if ten else 0) + _NUMERALS.get(ones, 0)


def endless(text: str) -> bool:
    return any(word in text for word in ENDLESS)


Judged = tuple[str, float] | None  # as it is stored, and what is left of the confidence


def food_permit(text: str) -> Judged:
    for match in re.finditer(r"[JIl1]?[YV]([\dOoQDIl|丨〇]{14})(?![\dA-Za-z])", re.sub(r"[\s\-·.]", "", text)):
        digits = match[1].translate(DIGITS)
        sure = 1.0 if match[0].startswith("JY") and digits == match[1] else REPAIRED
        passes = digits[0] in "123" and mod_11_10.is_valid(digits)
        return f"JY{digits}", sure if passes else sure * CHECK_FAILS
    return None


def credit_code(text: str) -> Judged:
    for match in re.finditer(r"(?<![0-9A-Z])[0-9A-Z丨|]{18}(?![0-9A-Z])", re.sub(r"[\s\-·.]", "", text).upper()):
        code = match[0].translate(CODE)
        try:
            stdnum_uscc.validate(code)
        except StdnumError:
            if not re.fullmatch(r"[0-9A-HJ-NP-RTUWXY]{18}", code) or IDENTITY.fullmatch(code):
                continue
            return code, CHECK_FAILS
        return code, 1.0 if code == match[0] else REPAIRED
    return None


def other_number(text: str) -> Judged:
    """A number whose form is each province's own: letters, digits, 第 … 号; never an identity number."""
    text = text.strip(" ：:.。,，;；_·*")
    if IDENTITY.search(text) or re.search(r"\d{6}[*＊xX]{4,}", text):
        return None
    match = re.match(r"[\w\u4e00-\u9fff〔〕\[\]（）()\-/第号]{4,30}", text)
    if not match or sum(letter.isdigit() for letter in match[0]) < 4:
        return None
    return match[0], 1.0


NARROW = str.maketrans("();", "（）；")


def chinese(text: str) -> str:
    """Brackets and commas as Chinese text has them: a reader takes their wide forms for narrow ones."""
    if not re.search(r"[\u4e00-\u9fff]", text):
        return text
    return re.sub(r"(?<=[\u4e00-\u9fff）]),", "，", text.translate(NARROW))


def name(text: str, longest: int = 100) -> Judged:
    """What a business or a person is called: some letters, no date, no row of digits."""
    text = chinese(text).strip(" ：:.。,，;；_·-—*|★☆")
    letters = sum(letter.isalpha() for letter in text)
    if not 2 <= len(text) <= longest or letters < 2 or letters < len(text) * 0.5 or IDENTITY.search(text):
        return None
    return text, 1.0


_OFFICE = re.compile(
    r"[\u4e00-\u9fff（）()]{2,30}?(?:监督管理局|管理局|审批局|行政审批服务局|卫生健康局|委员会|预防控制中心|服务中心|卫生院|卫生服务站|卫生室|卫生所|疾控中心|检测中心|医院|"
    r"体检中心|保健院|门诊部|市场监管局|监管所|分局)(?:[\u4e00-\u9fff]{0,6}?(?:体检中心|门诊部|分局|分院|监管所))?"
)


def office(text: str) -> Judged:
    """A bureau or a hospital; what a seal left around it is cut off."""
    match = _OFFICE.search(text)
    return (match[0], 1.0) if match else None


def place(text: str) -> Judged:
    text = chinese(text).strip(" ：:.。,，;；_·-—*|★☆")
    letters = sum(letter.isalpha() for letter in text)
    return (text[:200], 1.0) if letters >= 3 and len(text) >= 4 else None


def listed(text: str) -> Judged:
    """Licensed items, as they are written."""
    text = chinese(text).strip(" ：:,，;；_·-—*|★☆")
    letters = sum(letter.isalpha() for letter in text)
    if letters < 2 or letters <= len(text) * 0.5:
        return None
    whole = text.count("（") == text.count("）")  # else a line of it is missing
    return text[:500], 1.0 if whole else LOOSE
