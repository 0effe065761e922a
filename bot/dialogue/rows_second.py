"""Questions that a few of their words decide (see row.py): 二试, and what is taken for it. Pure."""

from __future__ import annotations

import re

from bot.dialogue.row import Row

ROWS = (
    # 一试没考过 340分 二试咋报
    Row(
        "二试流程",
        re.compile(r"(?:二试|两试)(?:是)?(?:咋个?|怎么|如何|啷个)(?:去)?(?:报|弄|搞|考)"),
        unless=re.compile(r"能不能|可以|能报|有没有|没报|错过"),
        asks=frozenset({"流程", "分数", "结果", "是否"}),
    ),
    # 那明年直接二试？
    Row(
        "二试条件",
        re.compile(r"明年[^,。?!]{0,4}直接[^,。?!]{0,3}(?:考|报|参加)?(?:二试|两试)"),
        against_the_clock=True,
    ),
    # 是不是现在一月份这个就是二试报名
    Row(
        "什么是二试",
        re.compile(
            r"(?:现在|[一1]月份?|年初|这个|这次)[^,。?!]{0,8}(?:就是|是)(?:报的?)?二试(?:的?报名)?(?:吗|吧|么|对吧)?\W*$"
        ),
        unless=re.compile(r"月\d|\d[号日]"),
        against_the_clock=True,
    ),
    # 一试差5分 二试还没出通知?
    Row(
        "二试报名时间",
        re.compile(
            r"二试[^,。?!]{0,3}(?:还没|没|还|怎么|咋)?(?:有|没)?(?:出|发|公布|下)(?:来)?的?(?:通知|公告|时间)"
            r"|二试的?(?:通知|公告)[^,。?!]{0,3}(?:出|发|公布|下)"
        ),
        against_the_clock=True,
    ),
    # 二试是这周末考嗦
    Row(
        "二试考试时间",
        re.compile(
            r"二试[^,。?!]{0,4}(?:[这下本]?个?(?:周|星期|礼拜)[末一二三四五六日天]|明天|后天|月底)[^,。?!]{0,2}考"
        ),
        against_the_clock=True,
    ),
    # 二试要另外交吗
    Row(
        "二试流程",
        re.compile(
            r"二试[^,。?!]{0,6}(?:另外|单独|重新)(?:要)?(?:再)?[交缴付](?:费|钱)?(?:吗|不|么|嘛|哇)?\W*$"
        ),
        against_the_clock=True,
    ),
    # 二试要另外报名吗
    Row(
        "什么是二试",
        re.compile(r"二试[^,。?!]{0,6}(?:另外|单独|重新|再|还)(?:要)?(?:报|网报)(?:名)?(?:吗|不|么|嘛|一次)"),
        asks=frozenset({"是否"}),
    ),
    # 一试是技能二试是笔试对吧: what the two are
    Row(
        "什么是一试",
        re.compile(
            r"(?:一试|二试)(?:就|不)*(?:是|指|叫)(?:的)?(?:指)?(?:技能|操作|实操|笔试|综合|机考|理论)"
        ),
        unless=re.compile(r"报名|缴|交|[考过]了|没过|几号|时候|好久"),
        against_the_clock=True,
    ),
    # 这个是二试的费用吗, of another fee
    Row(
        "什么是二试",
        re.compile(
            r"^[那, ]*(?:这|这个|这次|上面|刚才|现在|那个)?(?:交|缴|说)?的?(?:这个)?(?:是不是|就是|是)(?:二试|两试)的?(?:费用?|钱|缴费|交费)"
        ),
    ),
)
