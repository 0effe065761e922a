"""值的类型和键名

文件里只能用约定的键，值要是约定的类型（文字、列表、或下一级）。写错一个字的键（“网扯”）机器人会当没看见，所以这里拦住。

    坏：  网扯: https://…        好：  网址: https://…
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from bot.knowledge.draft import Draft
from bot.knowledge.yaml_source import Mapping, Sequence, Text, Value

ID = "value-type"
_AS_TEXT = "整句加上英文引号；以 { 或 [ 开头的话，不加引号会被当成别的。"

# A shape: "text", "texts" (a list or one), ("map", shape) for free keys, or a dict of fixed keys; "!" = required.
_NOTICE = {
    "名称!": "text", "地区!": "text", "年度": "text", "发布": "text", "转载": "text", "网址": "text",
    "核实": "text", "核实人": "text", "可信": "text",
}  # fmt: skip
_ANSWER = {
    "公告": "text",
    "正文!": "text",
    "对象": ("map", "text"),
    "先答": ("map", "text"),
    "分数线": ("map", "text"),
    "未提及": "text",
}
_ENTRY = {
    "种类": "text", "问": "text", "环节": "texts", "不问地区": "text", "问题!": "text", "说法": "texts",
    "答案": ("map", _ANSWER), "接着问": "texts", "有效": {"从": "text", "到": "text"},
}  # fmt: skip
_REGION = {"id!": "text", "全称!": "text", "别名": "texts", "继承": "text"}
_SITES = {"公告!": "text", "各考点!": ("map", "texts")}
_WORDS = ("map", "texts")
SHAPES: dict[str, object] = {
    "regions.yaml": {"地区!": ("map", _REGION), "地名": ("map", "text"), "考点": ("map", _SITES)},
    "notices.yaml": {"公告!": ("map", _NOTICE), "核实有效天数": "text"},
    "words.yaml": {
        "科目!": _WORDS, "动作!": _WORDS, "问法!": _WORDS, "对象": _WORDS, "级别": _WORDS, "判断": "texts",
        "比较": "texts", "虚词": "texts", "本考试": "texts", "锚点": "texts", "其他考试": "texts", "无关": "texts",
        "同义": _WORDS, "自定义词": "texts", "口令": _WORDS,
    },
    "phrases.yaml": {
        "话术!": ("map", "text"),
        "提醒": {"提前天数": "texts", "开始当天": "text", "钟点": "text"},
    },
    "menu.yaml": {"菜单": "any"},
    "faq/": {"问答!": ("map", _ENTRY)},
    "schedules/": {"地区!": "text", "年度!": "text", "公告!": "text", "日程!": ("map", "any")},
    "golden/": {"检验!": "any"},
}  # fmt: skip


def check(draft: Draft) -> None:
    """Compare every file with the shape its name promises."""
    for path, root in draft.files.items():
        shape = SHAPES.get(path) or next(
            (s for p, s in SHAPES.items() if p.endswith("/") and path.startswith(p)), None
        )
        if shape is None:
            draft.problem(
                root.place, ID, f"不认识的文件“{path}”，不会被读取。",
                "公告、日程、问答各有固定的位置，见 docs/staff-guide.md。", level="提醒",
            )  # fmt: skip
        else:
            _compare(draft, root, shape, path)


def _compare(draft: Draft, value: Value, shape: object, name: str) -> None:
    if shape == "any":
        return
    if shape == "text":
        if not isinstance(value, Text):
            draft.problem(value.place, ID, f"“{name}”要写成一段文字，这里写成了{_kind(value)}。", _AS_TEXT)
    elif shape == "texts":
        _compare_texts(draft, value, name)
    elif not isinstance(value, Mapping):
        if not (isinstance(value, Text) and value == "" and isinstance(shape, tuple)):
            draft.problem(
                value.place,
                ID,
                f"“{name}”下面要分行写“键: 值”，这里写成了{_kind(value)}。",
                "每行缩进两格，写“键: 值”。",
            )
    elif isinstance(shape, tuple):
        for key, item in value.items():
            _compare(draft, item, shape[1], key)
    elif isinstance(shape, dict):
        _compare_keys(draft, value, shape, name)


def _compare_texts(draft: Draft, value: Value, name: str) -> None:
    items = value if isinstance(value, Sequence) else [value]
    for item in items:
        if not isinstance(item, Text):
            draft.problem(
                item.place, ID, f"“{name}”要写成一串文字，这里写成了{_kind(item)}。",
                "写成 [甲, 乙, 丙]；带冒号的句子加英文引号。",
            )  # fmt: skip
        elif not item.strip():
            draft.problem(item.place, ID, f"“{name}”里有一项是空的。", "写上内容，或删掉它。")
        elif len(items) == 1 and re.search("[，、]", item):
            draft.problem(
                item.place,
                ID,
                f"“{name}”只有一项“{item}”。",
                "要分成几项，中间用英文逗号：[甲, 乙]。",
                level="提醒",
            )


def _compare_keys(draft: Draft, value: Mapping, shape: dict[str, object], name: str) -> None:
    known = {key.rstrip("!"): inner for key, inner in shape.items()}
    meant: set[str] = set()
    where = "这个文件" if name.endswith(".yaml") else f"“{name}”下面"
    for key, item in value.items():
        if key not in known:
            hint, guess = slip(key, known)
            meant.add(guess)
            draft.problem(key.place, ID, f"{where}没有“{key}”这个键。", hint)
        elif known[key] == "text" and isinstance(item, Text) and not item.strip():
            draft.problem(item.place, ID, f"“{key}”后面是空的。", "写上内容；可以不写的，就删掉这一行。")
        else:
            _compare(draft, item, known[key], key)
    for wanted in shape:
        missing = wanted.removesuffix("!")
        if missing != wanted and missing not in value and missing not in meant:
            draft.problem(value.place, ID, f"{where}缺少“{missing}”。", f"加上“{missing}: …”。")


def slip(key: str, known: Iterable[str]) -> tuple[str, str]:
    """A hint for an unknown key, and the known one that was probably meant ("" when none is near)."""
    known = list(known)
    joined = re.match("([^:：]+)[:：](.+)", key)
    if joined and joined[1] in known:
        return f"冒号要用英文的，后面空一格：{joined[1]}: {joined[2].strip()}", joined[1]
    close = get_close_matches(key, known, 1, 0.3)
    return (f"是不是“{close[0]}”？", close[0]) if close else (f"这里可以写：{'、'.join(known)}。", "")


def _kind(value: Value) -> str:
    return "一段文字" if isinstance(value, Text) else "一串" if isinstance(value, Sequence) else "“键: 值”"
