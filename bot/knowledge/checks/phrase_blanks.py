"""话术的名字和空格

phrases.yaml 里的每一句都有用处，名字不能改、不能少；句子里的 {花括号} 由程序填，也不能改、不能少。其他的字可以随便改。
程序升级后多出来的话术，您的文件里还没有的，先用程序自带的那一句，并在这里提醒您补上。

    坏：  记住地区: 好的，考区记为{地方}。        好：  记住地区: 好的，考区记为{地区}。
"""

from __future__ import annotations

from bot.knowledge.checks.blank_unknown import BLANK
from bot.knowledge.draft import Draft
from bot.knowledge.own_phrases import own_phrases
from bot.knowledge.yaml_source import Text

ID = "phrase-blanks"
NEEDS = ("phrases.yaml",)
# Each phrase that the program says, and the blanks that it fills there.
PHRASES: dict[str, tuple[str, ...]] = {
    "名称": (), "欢迎": (), "扫码欢迎": ("地区",), "帮助": (), "问地区": (), "问地区歧义": ("地名",), "问对象": (), "不懂": (), "又没懂": (),
    "其他考试": ("考试",), "无关": (), "道歉": (), "图片": (), "语音": (), "视频": (), "位置": (), "链接": (),
    "其他消息": (), "空白": (), "人工": (), "清除": (), "记住地区": ("地区",), "记住对象": ("对象",), "我的信息": ("地区", "对象"),
    "日历": ("网址",), "没有更多": (), "编号不对": ("范围",), "谢谢评价": (), "评价没用": (), "港澳台": (), "选一个": (), "记住再选": ("地区",), "还是上一条": (), "还是这样": (), "全国先说": (), "未收录": ("问题",), "能答的": (),
    "订阅成功": ("内容", "规则"), "订阅暂无时间": (), "问地区订阅": (), "退订成功": ("内容",), "没有订阅": (),
    "没有这个订阅": ("内容",), "我的订阅": ("内容", "规则"), "方式推送": (), "方式会话": (), "方式下次": (),
    "方式授权": ("网址",), "错过提醒": ("内容",), "提醒消息": ("内容", "来源"),
    "更正消息": ("内容",), "不记对象": ("对象",), "别人的情况": (), "技能失效": ("年", "次年", "考年"),
    "技能有效": ("年", "考年"), "技能非基地": ("考年",),
}  # fmt: skip


def _missing(draft: Draft, name: str) -> None:
    place = draft.files["phrases.yaml"].place
    if name in own_phrases():
        hint = "从程序自带的 knowledge/phrases.yaml 里抄过来，再改成您要说的话。"
        draft.problem(place, ID, f"少了话术“{name}”，先用程序自带的。", hint, "提醒")
    else:
        hint = f"加一行“{name}: …”，写机器人在这时说的话。"
        draft.problem(place, ID, f"少了话术“{name}”。", hint)


def check(draft: Draft) -> None:
    """Phrases that are missing or empty, and blanks that are missing or unknown; phrases of other names are left alone."""
    phrases = draft.section("phrases.yaml", "话术")
    for name, blanks in PHRASES.items():
        value = phrases.get(Text(name))
        if value is None:
            _missing(draft, name)
            continue
        if not isinstance(value, Text):
            continue  # check value-type speaks of it
        if not value.strip():
            draft.problem(value.place, ID, f"话术“{name}”是空的。", "写上机器人在这时说的话。")
        unknown = [found for found in BLANK.finditer(value) if found[1] not in blanks]
        usable = f"这一句里可以用：{'、'.join(f'{{{blank}}}' for blank in blanks)}。"
        for found in unknown:
            hint = usable if blanks else "这一句里没有要填的空格，去掉花括号。"
            draft.problem(value.place_of(found.start()), ID, f"话术“{name}”里的“{found[0]}”不认识。", hint)
        for blank in blanks if value.strip() and not unknown else ():
            if f"{{{blank}}}" not in value:
                draft.problem(
                    value.place, ID, f"话术“{name}”里少了“{{{blank}}}”。", "补上它，程序会在那里填上内容。"
                )
