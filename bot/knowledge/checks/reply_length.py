"""答案太长

一条回复最多 2048 字节（约 680 个汉字），手机上超过 300 字就没人看了。超过 300 字提醒，超过 600 字报错。
"""

from __future__ import annotations

from bot.knowledge.checks.blank_unknown import bodies
from bot.knowledge.draft import Draft

ID = "reply-length"
WARN_CHARS, MAX_CHARS = 300, 600


def check(draft: Draft) -> None:
    """Length of every answer text, blanks as written."""
    for entry, region, _answer, text in bodies(draft):
        if len(text) > WARN_CHARS:
            draft.problem(
                text.place, ID, f"问答“{entry}”的“{region}”答案有 {len(text)} 个字。", "分成两条问答，或删短。",
                level="错误" if len(text) > MAX_CHARS else "提醒",
            )  # fmt: skip
