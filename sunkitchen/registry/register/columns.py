"""What a register's columns are called: the headings that bureaus and provinces use, in Chinese and English."""

from ..tables.headings import Headings

# The first name of each is the template's. Notes in brackets, blanks and signs in a heading count for nothing.
HEADINGS: dict[str, tuple[str, ...]] = {
    "permit": (
        *("许可证编号", "许可证号", "许可证号码", "食品经营许可证编号", "食品经营许可证号", "证书编号", "证号"),
        *("许可编号", "编号", "permit number", "permit no", "permit", "licence number", "license number"),
    ),
    "registration": (
        *(
            "登记证编号",
            "登记证号",
            "小餐饮登记证编号",
            "小餐饮店登记证编号",
            "小餐饮登记证号",
            "备案登记证编号",
            "备案编号",
        ),
        *("registration number", "registration no"),
    ),
    "operator_name": (
        *("经营者名称", "主体名称", "单位名称", "企业名称", "经营主体名称", "市场主体名称", "申请人名称", "名称"),
        *("operator", "operator name", "legal name", "business name", "name"),
    ),
    "signboard": (
        "招牌",
        "店名",
        "招牌名称",
        "门店名称",
        "店招",
        "字号",
        "店铺名称",
        "signboard",
        "shop name",
        "trading name",
    ),
    "uscc": (
        *("统一社会信用代码", "社会信用代码", "信用代码", "统一代码", "营业执照号", "营业执照注册号", "营业执照编号"),
        *("身份证号码或统一社会信用代码", "uscc", "credit code", "unified social credit code"),
    ),
    "address": (
        *(
            "经营场所",
            "地址",
            "经营地址",
            "经营场所地址",
            "详细地址",
            "住所",
            "address",
            "premises",
            "business address",
        ),
    ),
    "division": ("行政区划代码", "区划代码", "行政区划", "所属区划", "division", "division code"),
    "category": ("主体业态", "业态", "经营业态", "主体类型", "业态类别", "category", "business type"),
    "items": ("经营项目", "许可项目", "许可范围", "经营范围", "licensed items", "items"),
    "issuer": ("发证机关", "发证部门", "许可机关", "签发机关", "登记机关", "issuer", "issued by", "authority"),
    "valid_from": (
        *(
            "有效期起",
            "发证日期",
            "有效期自",
            "有效期开始",
            "起始日期",
            "签发日期",
            "许可日期",
            "有效期起始日期",
            "登记日期",
        ),
        *("valid from", "issued on", "issue date", "start date"),
    ),
    "valid_through": (
        *(
            "有效期至",
            "有效期止",
            "有效期截止",
            "截止日期",
            "到期日期",
            "有效期截止日期",
            "有效日期",
            "届满日期",
            "到期日",
        ),
        *("valid through", "valid until", "valid to", "expires", "expiry date", "end date"),
    ),
    "period": ("有效期", "有效期限", "许可有效期", "period", "validity"),
    "state": ("状态", "证照状态", "许可证状态", "许可状态", "证书状态", "经营状态", "state", "status"),
    "phone": ("电话", "联系电话", "店铺电话", "订餐电话", "phone", "telephone"),
    "longitude": ("经度", "东经", "lng", "lon", "longitude", "x坐标"),
    "latitude": ("纬度", "北纬", "lat", "latitude", "y坐标"),
    "coordinates": ("坐标系", "坐标系统", "coordinates", "coordinate system", "crs"),
    "licence_from": ("成立日期", "营业期限起", "营业期限自", "执照有效期起", "licence from"),
    "licence_through": ("营业期限至", "营业期限止", "执照有效期至", "licence through"),
}
# What a register cannot do without: one of each group.
REQUIRED: tuple[tuple[str, ...], ...] = (
    ("permit", "registration"),
    ("operator_name",),
    ("address",),
    ("valid_from", "period"),
    ("valid_through", "period"),
)
TEMPLATE = [
    *("permit", "registration", "operator_name", "signboard", "uscc", "address", "category", "items", "issuer"),
    *("valid_from", "valid_through", "state", "phone", "longitude", "latitude", "coordinates"),
    *("licence_from", "licence_through"),
]
EXAMPLE = {
    "permit": "JY29999010000010",
    "operator_name": "海澜示例餐饮有限公司",
    "signboard": "示例小馆",
    "address": "海澜市示例路 1 号",
    "category": "小型餐馆",
    "items": "热食类食品制售",
    "issuer": "海澜市市场监督管理局",
    "valid_from": "2026-01-02",
    "valid_through": "2031-01-01",
    "state": "有效",
    "longitude": "121.100000",
    "latitude": "28.100000",
    "coordinates": "GCJ-02",
    "licence_from": "2025-12-01",
    "licence_through": "长期",
}

HEADED = Headings(HEADINGS, REQUIRED)


def template() -> tuple[list[str], list[str]]:
    """Headings and one example line."""
    return HEADED.said(TEMPLATE), [EXAMPLE.get(column, "") for column in TEMPLATE]
