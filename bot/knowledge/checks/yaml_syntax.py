"""YAML 的写法

文件要存成 UTF-8；缩进用空格，不用 Tab；冒号、逗号、括号、引号用英文的，冒号后面空一格；引号和括号成对。句子里有英文冒号，或以 { [ * & ! % @ 等符号开头，就整句加英文引号。

    坏：  地区：四川        好：  地区: 四川
"""

from __future__ import annotations

import re

import yaml
from yaml.reader import ReaderError

from bot.knowledge.problem import Problem, split_lines

ID = "yaml-syntax"
MAX_DEPTH = 20  # our files nest seven deep; more is a run of brackets, and would exhaust the stack

_CHECK_MARKS = "看看冒号后面有没有空格，引号、括号是不是成对，缩进是不是用空格对齐。"
_QUOTE = "整句加上英文引号。"
# What PyYAML says -> what staff read, what to do. The first that fits.
_KNOWN: dict[str, tuple[str, str]] = {
    "'<stream end>'": ("括号没有收尾，文件可能没存完", "补上后半截；不记得写到哪里，就取回上一版。"),
    "unexpected end of stream": ("引号没有收尾，文件可能没存完", "补上引号和后面的内容；不记得写到哪里，就取回上一版。"),
    "mapping values are not allowed": ("这里不该有冒号", "上一行没写完，或缩进没和上一行对齐，或句子里有冒号而没加英文引号。"),
    "could not find expected ':'": ("这一行少了冒号，或前面的引号没有收尾", "写成“键: 值”；没写完的，补完或删掉。"),
    "found character '\\t'": ("这里用了 Tab 键", "删掉，改成空格。"),
    "cannot start any token": ("一段文字不能用这个符号开头", _QUOTE),
    "alphabetic or numeric": ("一段文字不能用 * 或 & 开头", _QUOTE),
    "undefined tag handle": ("一段文字不能用 ! 开头", _QUOTE),
    "unknown escape character": ("英文双引号里不能写反斜杠 \\", "删掉反斜杠，或把外面的双引号换成英文单引号。"),
    "expected ',' or '}'": ("花括号里少了逗号，或括号没有收尾", "每两项之间用英文逗号；括号要成对。"),
    "expected ',' or ']'": ("方括号里少了逗号，或括号没有收尾", "每两项之间用英文逗号；括号要成对。"),
    "expected a comment or a line break": ("竖线 | 后面不能再写字", "正文从下一行开始，多缩进两格。"),
    "chomping or indentation": ("竖线 | 后面不能再写字", "正文从下一行开始，多缩进两格。"),
    "another document": ("一个文件里不要写 ---", "删掉这一行。"),
    "expected the node content": ("这里多了一个逗号或别的符号", "删掉它。"),
    "sequence entries are not allowed": ("减号 - 的位置不对", "减号要在新的一行的开头，和上一项对齐。"),
    "expected <block end>": ("缩进没有对齐，或引号、括号后面多了字", _CHECK_MARKS),
    "<document start>": ("这一行和上面接不上", _CHECK_MARKS),
}  # fmt: skip
# Full-width marks where YAML wants its own: a colon behind a key, a bracket behind a colon, a comma before a key.
_FULL_WIDTH = (
    re.compile(r"^\s*(?:- )?[^\s#:\"'，。]+(：)"),
    re.compile(r"[{\[,]\s*[^\s:,{}\"'，。]{1,4}(：)"),
    re.compile(r":\s+([｛［])"),
    re.compile(r"(，)\s*[^\s:，。]{1,4}: "),
)
_ENGLISH = {
    "：": "英文的冒号，后面空一格",
    "，": "英文的逗号，后面空一格",
    "｛": "英文的 { 和 }",
    "［": "英文的 [ 和 ]",
}


def encoding(file: str, raw: bytes) -> Problem:
    """The file is not UTF-8: the line of the first byte that is not."""
    hint = "在编辑器里“另存为”，编码选 UTF-8。"
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Problem(file, 0, 0, "错误", ID, "文件不是 UTF-8 编码。", hint)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Problem(
            file,
            raw[: error.start].count(b"\n") + 1,
            1,
            "错误",
            ID,
            "文件不是 UTF-8 编码，从这一行起读不懂。",
            hint,
        )
    raise AssertionError("it is UTF-8")


def syntax(file: str, content: str, error: yaml.YAMLError) -> Problem:
    """What PyYAML could not read, in staff's words, at the place to mend."""
    if isinstance(error, ReaderError):
        before = split_lines(content[: error.position])
        return Problem(
            file,
            len(before),
            len(before[-1]) + 1,
            "错误",
            ID,
            "这里有一个看不见的控制字符。",
            "删掉它，重新打一遍这几个字。",
        )
    assert isinstance(error, yaml.MarkedYAMLError)  # noqa: S101  the only other kind
    english, mark = error.problem or "", error.problem_mark or error.context_mark
    assert mark is not None  # noqa: S101  scanner, parser and composer always give one
    lines = split_lines(content)
    reason, hint = next((said for known, said in _KNOWN.items() if known in english), (english, _CHECK_MARKS))
    line, column = mark.line, mark.column
    opened = error.context_mark
    start = lines[line][:column] if line < len(lines) else ""  # of the line, up to the error
    if (slip := _by_eye(lines, line)) is not None:
        line, column, reason, hint = slip
    elif opened is not None and opened.line < line and re.search("expected ',' or|end of stream", english):
        line, column = opened.line, opened.column
        reason = "这里的引号没有收尾" if "stream" in english else "这里的括号没有收尾，或少了逗号"
    elif "mapping values" in english and ": " in start:
        reason, hint = "句子里有英文冒号", "整句加上英文引号，或把冒号改成中文的“：”。"
    elif "<block end>" in english and re.search(r":\s+[{\[]", start):
        reason, hint = "括号后面还有字", '整句加上英文引号，例如 正文: "{网上报名} 内完成。"'
    if (
        line >= len(lines) or not lines[line].strip()
    ):  # the end of the file: the last line that says something
        line = max((n for n, row in enumerate(lines[: line + 1]) if row.strip()), default=0)
        column = len(lines[line].rstrip())
    return Problem(file, line + 1, column + 1, "错误", ID, f"{reason}。", hint)


def too_deep(file: str, line: int, column: int) -> Problem:
    """More nesting than any file of ours has."""
    return Problem(
        file, line, column, "错误", ID, f"一层套一层，超过 {MAX_DEPTH} 层了。", "看看是不是多打了括号或缩进。"
    )


def _by_eye(lines: list[str], line: int) -> tuple[int, int, str, str] | None:
    """(line, column, what, hint) of a slip that the eye sees at once, on the line of the error or the written one before."""
    before = [n for n in range(min(line, len(lines)) - 1, -1, -1) if lines[n].strip()][:1]
    for number in [*before, line] if line < len(lines) else before:
        row = lines[number]
        for pattern in _FULL_WIDTH:
            if found := pattern.search(row):
                sign = found[1]
                return number, found.start(1), f"这里的“{sign}”是中文的", f"改成{_ENGLISH[sign]}。"
        if found := re.match(r"\s*[^\s:#\"'{\[|]+(:)[^\s:]", row):
            return number, found.start(1), "冒号后面没有空格", f"写成“{row.strip().replace(':', ': ', 1)}”。"
    return None
