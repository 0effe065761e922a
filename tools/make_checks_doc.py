"""Makes docs/checks.md from the docstrings of the checks and from the messages their tests expect.

Run after a check has changed: `python -m tools.make_checks_doc`. tests/test_docs.py fails while the file is stale.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

from bot.knowledge.load import CHECKS, READING

PROJECT = Path(__file__).resolve().parents[1]
OUT = PROJECT / "docs" / "checks.md"
CASES = PROJECT / "tests" / "knowledge" / "broken"

_HEAD = """# 检查说明

运行 `python -m bot check`（或 `make check`）会把知识文件夹里的问题一次全部列出来。每条消息都是同一个样子：

```
文件:第几行:第几个字 错误或提醒 [检查的名字]
  哪里不对
   行号 | 您写的那一行
  改成什么
```

- **错误**：这一版不会上线，机器人继续用上一个好的版本回答。
- **提醒**：可以上线，但请看一眼。

方括号里的名字就是下面的标题。怎样改文件见 [staff-guide.md](staff-guide.md)。

<!-- 本页由 tools/make_checks_doc.py 从程序生成，不要手改。 -->
"""


def make() -> str:
    """The whole page."""
    parts = [_HEAD]
    for title, checks in (("读文件的时候", READING), ("读完以后", CHECKS)):
        rows = [f"- [`{check.ID}`](#{check.ID}) {_doc(check)[0]}" for check in checks]
        parts.append(f"## {title}\n\n" + "\n".join(rows) + "\n")
        parts += [_section(check) for check in checks]
    return "\n".join(parts)


def _section(check: ModuleType) -> str:
    title, body = _doc(check)
    example = _example(check.ID)
    shown = f"\n会看到：\n\n```\n{example}```\n" if example else ""
    return f'<a id="{check.ID}"></a>\n### `{check.ID}` {title}\n\n{body}\n{shown}'


def _doc(check: ModuleType) -> tuple[str, str]:
    title, _, body = inspect.cleandoc(check.__doc__ or "").partition("\n")
    return title, body.strip("\n")


def _example(name: str) -> str:
    """The shortest expected report that is one message of this check, with a line of staff's if it can be; "" for none."""
    reports = [path.read_text(encoding="utf-8") for path in sorted(CASES.glob("*/_expected.txt"))]
    alone = [text for text in reports if f"[{name}]\n" in text and text.count("]\n") == 1]
    return min(alone, key=lambda text: (" | " not in text, len(text)), default="")


if __name__ == "__main__":
    OUT.write_text(make(), encoding="utf-8")
    print(OUT.relative_to(PROJECT))
