"""How people type a name: characters, pinyin with or without blanks, first letters. Source: pypinyin."""

from pypinyin import Style, lazy_pinyin


def spelled(text: str) -> str:
    """Lower-case words to look in: the text, its pinyin in one piece, its first letters ("老码头 laomatou lmt")."""
    text = " ".join(text.lower().split())
    if text.isascii():
        return text
    whole = "".join(lazy_pinyin(text)).replace(" ", "")
    letters = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).replace(" ", "")
    return f"{text} {whole} {letters}"
