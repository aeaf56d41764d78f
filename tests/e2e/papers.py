"""Papers and pictures that people hand in."""

from PIL import Image, ImageDraw, ImageFont


def permit_photo(folder, number="JY29999010000013", name="海澜海上明月餐饮有限公司"):
    from noto_cjk_sans_otc import FONT_PATH

    picture = Image.new("RGB", (1600, 1130), "#f4ecd8")
    draw = ImageDraw.Draw(picture)
    big, small = (ImageFont.truetype(str(FONT_PATH), size, index=2) for size in (84, 44))
    draw.rectangle((30, 30, 1570, 1100), outline="#7a5200", width=6)
    draw.text((800, 150), "食品经营许可证", fill="#3a3324", font=big, anchor="mm")
    lines = [
        f"许可证编号  {number}",
        f"经营者名称  {name}",
        "经营项目  热食类食品制售",
        "有效期至  2029 年 5 月 12 日",
        "演示样张",
    ]
    for row, line in enumerate(lines):
        draw.text((220, 330 + row * 120), line, fill="#3a3324", font=small)
    path = folder / "permit.jpg"
    picture.save(path, quality=88)
    return path
