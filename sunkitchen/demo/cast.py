"""Who and what the demo is made of: the invented city 海澜市 (division 999901), its bureau, the people with a name to
sign in by. Its kitchens stand in `town`, which part each plays in `parts`."""

from dataclasses import dataclass, field

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

CITY = "999901"
BUREAU = "海澜市市场监督管理局"
BUREAU_EN = "Hailan Administration for Market Regulation"
TERM = 5 * 365 + 1  # days of a food permit


CANTEENS = ("canteen", "school")


@dataclass(frozen=True)
class Person:
    """Who is shown with a sign-in line has an address that mail goes to; the others are reached on their desk alone."""

    key: str
    name: str
    does: str = ""  # for the sign-in lines; "" for the many
    role: str = ""  # of an officer's post; owners have none
    number: str = ""  # 执法证号

    @property
    def email(self) -> str:
        # RFC 2606: nothing below .invalid ever exists, so nobody mails there (core.notices).
        return f"{self.key}@demo.example" if self.does else f"{self.key}@demo.invalid"


@dataclass(frozen=True)
class Kitchen:
    serial: int  # of its papers and of its place in the demo: 1 is the one to look at first
    signboard: str
    operator: str
    address: str
    category: str
    cuisines: tuple[str, ...]
    items: str  # 经营项目
    hours: tuple[tuple[str, str] | None, ...]  # Monday first
    latitude: str  # WGS-84, out at sea: town.WHERE
    longitude: str
    held: int  # days that its permit has run at the day of the telling
    staff: int
    owner: Person | None  # None: nobody has claimed it yet
    kind: str = "91"  # first digits of its credit code: company 91, sole trader 92, public institution 12
    cameras: tuple[tuple[str, str], ...] = field(default=())  # (zone, scene of its loop)

    @property
    def permit(self) -> str:
        digits = f"{'3' if self.category in CANTEENS else '2'}{CITY}{self.serial:06d}"
        return f"JY{digits}{mod_11_10.calc_check_digit(digits)}"

    @property
    def uscc(self) -> str:
        body = f"{self.kind}{CITY}MADEM0{self.serial:03d}"
        return str(body + uscc.calc_check_digit(body))

    @property
    def phone(self) -> str:
        return f"0999-5550{self.serial:03d}"


WANG = Person("wang", "王海", "海上明月的业主 owner, a kitchen with everything")
HE = Person("he", "何港", "老码头的业主 owner, on the black list")
LIN = Person("lin", "林校", "海澜中学食堂的负责人 owner, a paper waits")
TANG = Person("tang", "汤宁", "月湾茶寮等 3 家的业主 owner of three, a paper was returned")
SHEN = Person("shen", "沈舟", "拟上黑榜、已提出申辩 owner who objects")

CHEN = Person("chen", "陈晨", "海上明月的店长 manager")

LI = Person("li", "李审", "审核 clerk", "clerk")
JIANG = Person("jiang", "蒋录", "", "clerk")  # keeps the register and writes to owners: hundreds of letters
ZHAO = Person("zhao", "赵查", "检查 inspector", "inspector", "HL-0012")
ZHOU = Person("zhou", "周验", "检查 inspector", "inspector", "HL-0015")
SUN = Person("sun", "孙发", "发布 publisher", "publisher")
FENG = Person("feng", "冯核", "决定申辩 publisher, decides objections", "publisher")
MA = Person("ma", "马科", "", "clerk")  # 科室负责人
QIN = Person("qin", "秦法", "", "clerk")  # 法制审核
FAN = Person("fan", "范局", "", "publisher")  # 分管局领导
WU = Person("wu", "吴监", "审计 auditor", "auditor")
PATROLS = (
    (ZHAO, ZHOU),
    (Person("xu", "徐巡", "", "inspector", "HL-0021"), Person("gao", "高检", "", "inspector", "HL-0024")),
    (Person("luo", "罗访", "", "inspector", "HL-0033"), Person("du", "杜核", "", "inspector", "HL-0036")),
)
OFFICERS = (LI, JIANG, *(person for pair in PATROLS for person in pair), SUN, FENG, MA, QIN, FAN, WU)
PEOPLE = (WANG, CHEN, HE, LIN, TANG, SHEN, LI, ZHAO, ZHOU, SUN, FENG, WU)
