"""Who and what the demo is made of: the invented city 海澜市 (division 999901), its bureau, three kitchens."""

from dataclasses import dataclass
from datetime import date

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

CITY = "999901"
BUREAU = "海澜市市场监督管理局"
BUREAU_EN = "Hailan Administration for Market Regulation"


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    does: str  # for the sign-in lines
    role: str = ""  # of an officer's post; owners have none
    number: str = ""  # 执法证号

    @property
    def email(self) -> str:
        return f"{self.key}@demo.example"


@dataclass(frozen=True)
class Kitchen:
    owner: str  # a Person's key
    signboard: str
    operator: str
    address: str
    category: str
    serial: int  # of its papers
    items: str
    hours: tuple[str, str]
    valid_from: date
    valid_through: date
    zone: str = ""  # of its demo camera, "" for none
    tables: int = 0
    failed: tuple[tuple[str, str], ...] = ()  # checklist items its inspection found wanting, with the note
    licence_waits: bool = False  # its business licence lies on the clerk's desk

    @property
    def permit(self) -> str:
        digits = f"{'3' if self.category == 'canteen' else '2'}{CITY}{self.serial:06d}"
        return f"JY{digits}{mod_11_10.calc_check_digit(digits)}"

    @property
    def uscc(self) -> str:
        body = f"91{CITY}MADEMO{self.serial:03d}".replace("O", "0")
        return str(body + uscc.calc_check_digit(body))


PEOPLE = (
    Person("wang", "王海", "海上明月的业主 owner"),
    Person("he", "何港", "老码头的业主 owner"),
    Person("lin", "林校", "海澜中学食堂的负责人 owner"),
    Person("li", "李审", "审核 clerk", "clerk"),
    Person("zhao", "赵查", "检查 inspector", "inspector", "HL-0012"),
    Person("zhou", "周验", "检查 inspector", "inspector", "HL-0015"),
    Person("sun", "孙发", "发布 publisher", "publisher"),
    Person("wu", "吴监", "审计 auditor", "auditor"),
)

KITCHENS = (
    Kitchen(
        owner="wang",
        signboard="海上明月海鲜楼",
        operator="海澜海上明月餐饮有限公司",
        address="海澜市楚门镇南兴东路 88 号",
        category="medium",
        serial=1,
        items="热食类食品制售，冷食类食品制售，生食类食品制售",
        hours=("10:00", "22:00"),
        valid_from=date(2024, 5, 13),
        valid_through=date(2029, 5, 12),
        zone="cooking",
        tables=12,
    ),
    Kitchen(
        owner="he",
        signboard="老码头大排档",
        operator="海澜老码头餐饮店",
        address="海澜市坎门街道渔港路 6 号",
        category="small",
        serial=2,
        items="热食类食品制售",
        hours=("16:00", "26:00"),
        valid_from=date(2023, 9, 1),
        valid_through=date(2028, 8, 31),
        tables=8,
        failed=(
            ("shelf_life", "冷柜内有 3 袋超过保质期的虾饺，已当场封存。"),
            ("raw_cooked", "生熟砧板混用，现场未见标识。"),
            ("clean", "灶台后墙油污厚，地面积水。"),
            ("tableware", "洗净的餐具敞开堆放在水池边。"),
            ("hands", "两名操作人员未戴口罩。"),
        ),
    ),
    Kitchen(
        owner="lin",
        signboard="海澜中学食堂",
        operator="海澜中学",
        address="海澜市玉城街道书院路 1 号",
        category="canteen",
        serial=3,
        items="热食类食品制售",
        hours=("06:00", "19:00"),
        valid_from=date(2025, 3, 1),
        valid_through=date(2030, 2, 28),
        zone="cutting",
        failed=(
            ("displayed", "量化等级公示牌被菜单挡住。"),
            ("storage", "两筐土豆直接放在地面上。"),
            ("thrift", "未张贴反食品浪费提示。"),
        ),
        licence_waits=True,
    ),
)
