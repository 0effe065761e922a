"""Questions that a few of their words decide (see row.py): what is paid by whom, what comes back, and the marks. Pure."""

from __future__ import annotations

import re

from bot.dialogue.row import Row
from bot.dialogue.standing import SOLDIERS

ROWS = (
    # 去年技能过了的也是今天交吗
    Row(
        "谁缴技能费",
        re.compile(
            r"(?:去年|上一?年)[^,。?!]{0,4}技能[^,。?!]{0,4}(?:过了|合格|过)的?[^,。?!]{0,4}(?:也|还)[^,。?!]{0,6}[交缴]"
        ),
        unless=re.compile(r"综合|一试|笔试|二试"),
        against_the_clock=True,
    ),
    # 审核过了 现在就等缴费
    Row(
        "技能缴费时间",
        re.compile(r"审核?[^,。?!]{0,4}(?:过|通过|完)了[^?!]{0,8}等(?:着|到|起)?(?:缴费|交费|交钱)"),
        unless=re.compile(r"技能(?:考试)?过|综合|一试|二试"),
    ),
    # 审核最后没通过,交的钱退不退
    Row(
        "退费情形",
        re.compile(r"退不退|能不能退|[能可]以?退|退[吗不么]|退(?:给我|钱|费)"),
        also=re.compile(
            r"审?核?[^,。?!]{0,4}(?:没通过|不通过|没过)|[两二2][次遍道笔份]|双份|重复|多[交扣]|录错|搞错"
        ),
        unless=re.compile(r"二试|自己填|多久|好久|几天|到账"),
        against_the_clock=True,
    ),
    # 成绩刚出来 我考了362
    Row(
        "合格线",
        re.compile(r"(?:成绩|分数)[^。?!]{0,12}(?:考了?|是|得)(?:个)?[1-6]\d\d分?(?![\d号日月年天次个多])"),
        unless=re.compile(r"二试|机会|复核|技能|什么时候|怎么查|哪里查|几号"),
    ),
    # 查成绩359差1分
    Row(
        "合格线",
        re.compile(r"(?<!\d)[1-6]?\d\d分?[,， ]?(?:就|只)?差了?\d{1,2}分"),
        unless=re.compile(r"二试|机会|还能|技能"),
    ),
    # 有没有技能补考
    Row("技能没过", re.compile(r"技能[^,。?!]{0,4}补考|补考技能")),
    # 四川现场确认是不是只要没过技能的才去
    Row(
        SOLDIERS,
        re.compile(r"(?:现场)[^?!]{0,8}(?:只有|只要|只是|仅)[^?!]{0,12}(?:才|需要|要)?去"),
    ),
    # 技能成绩多少算过
    Row(
        "合格线",
        re.compile(r"(?:多少分?|几分|好多分?|几多分)[^,。?!]{0,3}(?:算|才|就|能|为)*(?:过(?!了)|合格|及格)"),
        stages=frozenset({"技能考试", "一试考试", "二试考试", "二试报名"}),
    ),
    # 技能费不是交过了吗怎么还要交
    Row(
        "为什么缴两次费",
        re.compile(
            r"(?:[交缴付](?:过|了|过了)(?:一次|一遍|的)?(?:了|的)?(?:钱|费)?(?:了|吗)*|(?:不是|才|都|已经)[^,。?!]{0,6}[交缴付](?:过|了))[^。?!二重复退]{0,8}"
            r"(?:怎么|为啥子?|为什么|咋个?|干嘛|凭啥)[^,。?!]{0,3}(?:还要|又要|还得|又|还让|又让)(?:再|我)?(?:次|一次)?[交缴付]"
        ),
        against_the_clock=True,
    ),
)
