"""文件的名字

知识文件的名字要以 .yaml 结尾，否则不会被读取。Windows 的记事本会悄悄加上 .txt，请看清楚。

    坏：  贵州.yml、贵州.yaml.txt        好：  贵州.yaml
"""

from __future__ import annotations

from bot.knowledge.problem import Problem

ID = "file-name"
ENDINGS = (".yml", ".yaml.txt", ".YAML", ".YML")  # what looks like a knowledge file and is none
TEMPLATES = ("样板.yaml.txt",)


def wrong(file: str) -> bool:
    """Whether staff may take `file` for one that is read."""
    return file.endswith(ENDINGS) and not file.endswith(TEMPLATES)


def found(file: str) -> Problem:
    """`file` is not read."""
    stem = file.rsplit("/", 1)[-1].split(".")[0]
    return Problem(file, 0, 0, "提醒", ID, "这个文件不会被读取。", f"把名字改成“{stem}.yaml”；不用的就删掉。")
