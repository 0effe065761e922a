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

_KNOWN = {
    "mapping values are not allowed here": "这里不该有冒号：可能上一行没写完，或缩进没对齐，或句子里有冒号而没加引号",
    "could not find expected ':'": "这一行少了冒号，或前面的引号没有收尾",
    "found character '\\t'": "用了 Tab 键，请改成空格",
    "cannot start any token": "一段文字不能用这个符号开头",
    "expected alphabetic or numeric character": "一段文字不能用 * 或 & 开头",
    "expected <block end>": "缩进没有对齐，或引号、括号后面多了字",
    "found unexpected end of stream": "引号没有收尾，文件可能没存完",
    "but got '<stream end>'": "括号没有收尾，文件可能没存完",
    "expected ',' or '}'": "花括号没有收尾，或少了逗号",
    "expected ',' or ']'": "方括号没有收尾，或少了逗号",
    "expected the node content": "这里多了一个符号",
    "found unknown escape character": "英文双引号里的反斜杠 \\ 有特别的意思，改用英文单引号",
    "chomping or indentation": "竖线 | 后面不能再写字，正文从下一行开始",
    "found undefined tag handle": "一段文字不能用 ! 开头",
    "expected a single document": "一个文件里不要写 ---",
    "<document start>": "这一行和上面的内容接不上：缩进不对，或引号、括号后面多了字",
    "sequence entries are not allowed here": "减号 - 要写在新的一行的开头",
}  # fmt: skip
_CHINESE = re.compile(r"^\s*(?:- )?[^\s#:\"'，。]+(：)|[{［｛\[,]\s*[^\s:,{}\"']+(：)|(［|｛|｝|］)")


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
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    english = getattr(error, "problem", None) or str(error)
    reason = next((chinese for known, chinese in _KNOWN.items() if known in english), english)
    if mark is None:
        return Problem(file, 0, 0, "错误", ID, f"文件读不懂：{reason}。")
    lines = split_lines(content)
    chinese = _chinese_mark(lines, mark.line)
    if chinese:
        line, column, sign = chinese
        return Problem(
            file, line + 1, column + 1, "错误", ID, f"这里的“{sign}”是中文的。",
            "改成英文的“: ”，冒号后面空一格。" if sign == "：" else "换成英文的括号。",
        )  # fmt: skip
    line, column, hint = mark.line, mark.column, ""
    text = lines[line] if line < len(lines) else ""
    if re.search(r":\s+[{\[]", text) and "block end" in english:
        reason, hint = (
            "括号后面还有字",
            '整段话加上英文引号，例如 正文: "{网上报名} 内完成"，或用竖线 | 另起一行写。',
        )
    elif not text.strip():  # the end of the file: show the last line that has something
        line = max((n for n, row in enumerate(lines[:line]) if row.strip()), default=0)
        column = len(lines[line].rstrip())
    hint = hint or "看看冒号后面有没有空格，引号、括号是不是成对，缩进是不是用空格对齐。"
    return Problem(file, line + 1, column + 1, "错误", ID, f"这里读不懂：{reason}。", hint)


def too_deep(file: str, line: int, column: int) -> Problem:
    """More nesting than any file of ours has."""
    return Problem(
        file, line, column, "错误", ID, f"一层套一层，超过 {MAX_DEPTH} 层了。", "看看是不是多打了括号或缩进。"
    )


def _chinese_mark(lines: list[str], line: int) -> tuple[int, int, str] | None:
    """A full-width colon after a key, or a full-width bracket, on the line of the error or the written line before it."""
    before = [n for n in range(min(line, len(lines)) - 1, -1, -1) if lines[n].strip()][:1]
    for number in [*before, line]:
        if (
            number < len(lines)
            and ": " not in lines[number].split("：")[0]
            and (found := _CHINESE.search(lines[number]))
        ):
            group = next(n for n in (1, 2, 3) if found[n])
            return number, found.start(group), found[group]
    return None
