"""A fourth thousand: a dozen wordings a topic, each sent by one to three people, among the chatter of the third."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.console.third_replay import ASKED, CHATTER

TOPICS = {
    "停车": (
        "考点能停车吗", "考场附近有停车场没", "开车去考试车停哪儿", "考点里面让停车不", "四川大学考点停车方便吗", "考试那天停车怎么收费", "有没有免费停车位", "自驾去考点停车咋办", "车可以开进考点吗", "考点周边停车难不难", "停车场几点开", "重庆考点停车位多不多",
    ),
    "住宿": (
        "考点附近有酒店吗", "推荐个离考场近的宾馆", "住哪里离考点近", "考试住宿能报销吗", "考点旁边住宿多少钱一晚", "酒店要提前多久订", "有没有合作酒店", "附近宾馆都满了怎么办", "住考点附近还是市中心", "考场边上有民宿没得", "外地考生住宿怎么安排", "住宿自己解决吗",
    ),
    "手机": (
        "手机能带进考场吗", "手机放哪里保管", "带手机进去算作弊吗", "手机关机放包里行不行", "考场有没有存手机的柜子", "忘了交手机会怎么样", "手机响了取消成绩吗", "可以把手机放考场外面吗", "智能手环和手机要存起来不", "没地方放手机咋办", "手机保管要钱吗", "带了手机没开机也算违纪吗",
    ),
    "成绩": (
        "成绩什么时候出来", "成绩几号公布", "分数怎么查", "考完多久出成绩", "查分入口在哪", "成绩查询网站打不开", "技能成绩出来没", "笔试成绩啥时候能查", "在哪查分数", "出分了没有", "成绩单怎么看", "往年几月出成绩",
    ),
    "证书": (
        "资格证什么时候发", "证书去哪里领", "证书可以邮寄吗", "领证要带什么", "别人能帮我领证不", "电子证书怎么下载", "证书多久能拿到", "领资格证的地方在哪", "考过了怎么领证", "证书发放通知在哪看", "证书丢了可以补吗", "几月份可以领证书",
    ),
}  # fmt: skip


def messages(seed: int = 7) -> Iterator[tuple[str, str, str]]:
    """(topic or "", what was sent, who sent it), 1 000 of them, every one by a person of its own."""
    chance = random.Random(seed)  # noqa: S311  # the same week every time
    sent = [
        (topic, text)
        for topic, wordings in TOPICS.items()
        for text in wordings
        for _ in range(chance.choice((1, 1, 2, 3)))
    ]
    while len(sent) < 1000:
        sent.append(("", chance.choice(CHATTER + ASKED)))
    chance.shuffle(sent)
    yield from ((topic, text, f"p{number}") for number, (topic, text) in enumerate(sent))
