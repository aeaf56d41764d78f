"""Fifteen samples of the year, each as far as it came; orders to mend, what binds a kitchen, one old food poisoning."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from ratings.outbreaks import actions as outbreaks
from ratings.reminders import actions as reminders
from ratings.reminders.models import Commitment, Reminder
from ratings.sampling import actions as sampling
from ratings.sampling import custody
from ratings.sampling.models import Sample
from sunkitchen.core.workdays import add

from .cast import PATROLS, Kitchen
from .tale import Tale, workday

LAB, OTHER_LAB = "海澜市食品检验中心（演示）", "浙东食品检测研究院（演示）"
COURIER, CLERK = "冷链员小何", "收样员小方"
RETAINED = "本局样品室 2 号冷柜"
# serial: (days ago, product, quantity, how far it came)
SAMPLES = {
    1: (300, "清蒸东星斑", "3 × 250 g", "passed"),
    4: (240, "白灼基围虾", "3 × 250 g", "passed"),
    7: (180, "凉拌海蜇", "3 × 200 g", "passed"),
    20: (150, "卤水拼盘", "3 × 200 g", "void"),
    11: (120, "复用餐碟", "6 只", "passed"),
    26: (95, "鲜榨橙汁", "6 × 200 ml", "cleared"),
    18: (60, "手工鱼丸", "3 × 250 g", "passed"),
    12: (45, "蒜蓉粉丝蒸扇贝", "3 × 250 g", "confirmed"),
    14: (27, "白切鸡", "3 × 250 g", "contested"),
    23: (20, "现制豆浆", "6 × 200 ml", "passed"),
    3: (14, "醉泥螺", "3 × 200 g", "served"),
    16: (12, "复用餐碟", "6 只", "failed"),
    10: (5, "凉皮", "3 × 250 g", "received"),
    6: (1, "三文鱼刺身", "3 × 200 g", "sent"),
    5: (0, "姜葱炒蟹", "3 × 250 g", "taken"),
}
FINDINGS = {
    "复用餐碟": "大肠菌群：检出／50 cm²，标准要求不得检出",
    "鲜榨橙汁": "菌落总数：3.6×10⁵ CFU/mL，限量 10⁵ CFU/mL",
}
FINDING = "菌落总数：1.2×10⁶ CFU/g，限量 10⁵ CFU/g"
BOUND = (1, 4, 5, 9, 13, 17, 26)  # to a camera, by a commitment that they signed
STATUTE = {"school", "central"}  # kitchens that the law itself binds to one
OUTBREAK, OUTBREAK_DAYS_AGO = 28, 330


def plan(tale: Tale) -> None:
    here = {kitchen.serial: kitchen for kitchen in tale.kitchens}
    for serial, (days, product, quantity, end) in SAMPLES.items():
        if serial in here:
            _Way(tale, serial, product, quantity).plan(workday(tale.ago(days)) if days else tale.today, end)
    _bind(tale, here)
    _remind(tale, here)
    if OUTBREAK in here:
        _outbreak(tale)


class _Way:
    """One sample, from the kitchen to where it is now."""

    def __init__(self, tale: Tale, serial: int, product: str, quantity: str):
        self.tale, self.serial, self.product, self.quantity = tale, serial, product, quantity
        self.lead, self.second = PATROLS[serial % len(PATROLS)]
        self.sample: Sample

    def plan(self, day: date, end: str) -> None:
        self.at(self.on(day, 10), self.take)
        if end == "taken":
            return
        self.at(self.on(day, 11), self.hand_over, end != "void")
        if end == "void":
            self.at(self.on(day, 14), self.void)
        if end in ("void", "sent"):
            return
        self.at(self.on(day, 15), self.receive)
        if end == "received":
            return
        reported = min(add(day, 6).day, workday(self.tale.ago(1)))
        self.at(self.on(reported, 16), self.report, end == "passed")
        if end in ("passed", "failed"):
            return
        served = min(add(reported, 2).day, workday(self.tale.ago(1)))
        self.at(self.on(served, 10), self.serve)
        if end == "confirmed":
            last = add(served, settings.RETEST_WORKDAYS).day
            self.at(self.on(last + timedelta(days=1), 0), self.settle)
        if end in ("contested", "cleared"):
            contested = add(served, 2).day
            self.at(self.on(contested, 19), self.contest)
            if end == "cleared":
                self.at(self.on(add(contested, 8).day, 11), self.retest)

    def on(self, day: date, hour: int) -> datetime:
        return self.tale.moment(day, hour, self.serial)

    def at(self, moment: datetime, deed: Callable[..., None], *words: object) -> None:
        self.tale.on(moment, lambda: deed(*words))

    # ── deeds ───────────────────────────────────────────────────────────────────────────────────────────────
    def take(self) -> None:
        self.sample = sampling.take(
            self.tale.places[self.serial],
            by=self.tale.user(self.lead),
            second=self.tale.user(self.second),
            product=self.product,
            batch="当日加工",
            quantity=self.quantity,
            seal=f"HL-F-{2600 + self.serial}",
            retained=RETAINED,
        )

    def hand_over(self, intact: bool) -> None:
        custody.hand_over(
            self.sample,
            by=self.tale.user(self.lead),
            giver=str(self.tale.user(self.lead)),
            taker=COURIER,
            seal_intact=intact,
            note="冷藏箱 4 ℃" if intact else "交接时封条一角撕开（演示）。",
        )

    def void(self) -> None:
        sampling.void(self.sample, by=self.tale.user(self.lead), reason="运送途中封条破损，样品不予检验（演示）。")

    def receive(self) -> None:
        custody.receive(
            self.sample,
            by=self.tale.user(self.lead),
            laboratory=LAB,
            giver=COURIER,
            taker=CLERK,
            seal_intact=True,
        )

    def report(self, conforms: bool) -> None:
        sampling.report(
            self.sample,
            by=self.tale.user(self.lead),
            number=f"HLSP-{timezone.localdate():%Y}-演示{self.serial:03}",
            issued_on=timezone.localdate(),
            conforms=conforms,
            findings="" if conforms else FINDINGS.get(self.product, FINDING),
        )

    def serve(self) -> None:
        sampling.serve(
            self.sample,
            by=self.tale.user(self.second),
            method=Sample.Method.DIRECT,
            served_on=timezone.localdate(),
            note="当面送达，现场负责人签收（演示）。",
        )

    def contest(self) -> None:
        owner = self.tale.kitchens[self.serial - 1].owner
        sampling.contest(
            self.sample,
            by=self.tale.user(owner or self.lead),
            why="取样时盛装容器刚由顾客使用过，申请用备份样品复检（演示）。",
        )

    def retest(self) -> None:
        sampling.retest(
            self.sample,
            by=self.tale.user(self.lead),
            laboratory=OTHER_LAB,
            number=f"ZD-{timezone.localdate():%Y}-演示{self.serial:03}",
            issued_on=timezone.localdate(),
            conforms=True,
        )

    def settle(self) -> None:
        sampling.confirm_due(timezone.now())  # as the sweep would


# ── orders to mend, and what binds ──────────────────────────────────────────────────────────────────────────


def _bind(tale: Tale, here: dict[int, Kitchen]) -> None:
    day = workday(tale.ago(360))
    by_law = [serial for serial, kitchen in here.items() if kitchen.category in STATUTE and serial < 200][:4]
    for turn, serial in enumerate(sorted({*by_law, *(s for s in BOUND if s in here)})):
        lead = PATROLS[serial % len(PATROLS)][0]
        law = serial in by_law

        def bind(serial=serial, lead=lead, law=law) -> None:
            reminders.bind(
                tale.places[serial],
                by=tale.user(lead),
                binding=Commitment.Binding.STATUTE if law else Commitment.Binding.COMMITMENT,
                document_number="海澜市明厨亮灶管理办法第六条（演示）"
                if law
                else f"明厨亮灶承诺书（演示）{serial:03} 号",
                signed_on=timezone.localdate(),
            )

        tale.on(tale.moment(day, 14, turn), bind)


def _remind(tale: Tale, here: dict[int, Kitchen]) -> None:
    """One mended, one that runs, one past its day."""
    orders = [
        (
            17,
            "camera",
            140,
            10,
            "烹饪区摄像头画面被遮挡，请恢复画面并保持在线。",
            "复查时画面清晰，连续在线三天（演示）。",
        ),
        (9, "camera", 6, 14, "后厨直播已停用，请按承诺恢复烹饪区画面。", ""),
        (21, "certificates", 16, 12, "两名切配岗位人员未出示健康证明，请补办后上传。", ""),
    ]
    for serial, about, days, term, says, mended in orders:
        if serial in here:
            _order(tale, serial, about, workday(tale.ago(days)), term, says, mended)


def _order(tale: Tale, serial: int, about: str, day: date, term: int, says: str, mended: str) -> None:
    lead, second = PATROLS[serial % len(PATROLS)]
    kept: list[Reminder] = []

    def remind() -> None:
        kept.append(
            reminders.remind(
                tale.places[serial],
                by=tale.user(lead),
                about=about,
                document_number=f"海市监责改〔{day.year}〕演示 {serial} 号",
                says=says,
                served_on=day,
                method=Reminder.Method.DIRECT,
                service_note="当面送达，现场负责人签收（演示）。",
                mend_by=day + timedelta(days=term),
            )
        )

    tale.on(tale.moment(day, 11, serial), remind)

    def end() -> None:
        reminders.end(kept[0], by=tale.user(second), outcome=Reminder.Outcome.MENDED, why=mended)

    if mended:
        tale.on(tale.moment(workday(day + timedelta(days=term - 2)), 15), end)


def _outbreak(tale: Tale) -> None:
    lead, _second = PATROLS[OUTBREAK % len(PATROLS)]
    day = tale.ago(OUTBREAK_DAYS_AGO)

    def confirm() -> None:
        outbreaks.confirm(
            tale.places[OUTBREAK],
            by=tale.user(lead),
            occurred_on=day,
            people=4,
            document_number=f"海市监食处〔{day.year}〕演示 2 号",
            findings="宴席凉菜加工后常温存放过久，检出副溶血性弧菌（演示）。",
        )

    tale.on(tale.moment(workday(day + timedelta(days=9)), 16), confirm)
