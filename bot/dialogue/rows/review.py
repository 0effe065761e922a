"""Questions that a few of their words decide (see row.py): what the review asks of whom, and what may still be changed after it. Pure."""

from __future__ import annotations

import re

from bot.dialogue.rows.row import Row
from bot.dialogue.standing import SOLDIERS
from bot.schedule.stages import REVIEWED, REVIEWS, SECOND

ROWS = (
    # 二试忘记交钱了 … 明年还要现场审核不: of next year's registration, whatever was spoken of
    Row(
        "现场审核对象",
        re.compile(
            r"(?:明年|来年|下一?年)[^,。?!]{0,4}(?:还|也)?(?:要|用|得|需要)(?:再|重新|去)*(?:现场)(?:审核|确认|审)"
        ),
        asks=frozenset({"是否"}),
    ),
    # 四川和重庆的审核有啥子不一样
    Row(
        SOLDIERS,
        re.compile(r"审核?[^,。?!]{0,3}(?:有啥子?|有什么|啥子?|哪里|哪些)(?:地方)?(?:不一样|区别|不同)"),
        unless=re.compile(r"线上|时间|几号|去年|今年"),
    ),
    # 明天开始现场确认 是去哪里
    Row(
        "现场审核地点",
        re.compile(
            r"现场(?:审核|确认)?[^。?!]{0,6}(?:是)?(?:去|到|在)哪(?:里|儿|个地方|点)?(?:审|确认|弄|办)?(?:啊|嘛|呢|哦)?\W*$"
        ),
        stages=frozenset({"现场审核"}),
        unless=re.compile(r"公告|查|看|网"),
        against_the_clock=True,
    ),
    # 审核状态变成考点审核通过了
    Row(
        "审核结果",
        re.compile(
            r"(?:状态|显示|变成)[^,。?!]{0,5}(?:考点|考区|县级|区县|报名点)审核?(?:已)?(?:通过|过)了?"
        ),
        unless=re.compile(r"不通过|未通过|没通过|没过"),
        against_the_clock=True,
    ),
    # 重庆审核昨天截止了,我驳回的没来得及补
    Row(
        "审核期满",
        re.compile(r"驳回[^,。?!]{0,6}(?:还)?没来得及(?:改|补|交|弄|传)?"),
        unless=re.compile(r"[费钱款缴付]|二试"),
        against_the_clock=True,
    ),
    # 四川现在是不是在线上审核
    Row(
        "线上审核时间",
        re.compile(
            r"(?:是不是|是否)(?:已经|都|现在)?(?:正)?(?:在|开始)(?:线上|网上)审核?(?:了)?(?:啊|嘛|哦)?\W*$"
        ),
        stages=frozenset({"线上审核"}),
        against_the_clock=True,
    ),
    # 是线上传就够了吧 不用交原件
    Row(
        SOLDIERS,
        re.compile(
            r"(?:线上|网上)(?:上)?传(?:了|完)?(?:就|是不是就)?(?:够|行|可以|完事|好)[^?!]{0,4}(?:不用|不消|还要|要不要|用不用)[^,。?!]{0,4}(?:原件|现场|复印件)"
        ),
        against_the_clock=True,
    ),
    # 四川现在是不是在审核了
    Row(
        "审核时间",
        re.compile(
            r"(?:是不是|是否)?(?:已经|都|现在)?(?:正)?(?:在|开始)审核?了(?:吗|没|没有|不|么|嘛|哇|\W*$)"
        ),
        unless=re.compile(r"我的|材料|资料|没审|还没|不通过"),
        stages=frozenset(REVIEWS),
        against_the_clock=True,
    ),
    # 今天周日上班不
    Row(
        "现场办公时间",
        re.compile(
            r"(?:周|星期|礼拜)[末一二三四五六日天][^,。?!]{0,4}(?:上班|办公|开门|有人|休息|放假|办不办)"
        ),
        stages=frozenset(REVIEWS),
        against_the_clock=True,
    ),
    # 材料被驳回没看到短信,现在改还能行不
    Row(
        "审核不通过",
        re.compile(
            r"驳回[^。?!]{0,4}(?:没看到|没收到|没注意|没得到)[^。?!]{0,8}(?:现在|今天|今晚)[^,。?!]{0,2}[改补传][^,。?!]{0,3}(?:能|可以|行|来得及)"
        ),
        unless=re.compile(r"[费钱款缴付]|二试"),
        against_the_clock=True,
    ),
    # 老师喊我补个毕业证 今晚还能补不
    Row(
        "审核不通过",
        re.compile(
            r"(?:老师|考点|他们|那边|短信|电话|系统)[^,。?!]{0,4}(?:喊|让|叫|通知|说)(?:我)?(?:再)?补(?!考|报|缴|费)[^。?!]{0,14}(?:能|可以|来得及|行)"
        ),
        unless=re.compile(r"[费钱款缴付]|二试"),
        against_the_clock=True,
    ),
    # 线上审核昨天截止了 我还没审到, 还没人理我
    Row(
        "待审核",
        re.compile(
            r"(?:还没|没|一直没|都没)(?:有|得)?(?:审到|审完|轮到|人审|人理|人联系|人管)|还是(?:显示)?(?:待审|审核中)"
        ),
        also=re.compile(r"审"),
        unless=re.compile(r"驳回|退回|缴|交钱"),
        stages=REVIEWED,
        against_the_clock=True,
    ),
    # 那我老公在四川 也是线上审核吧
    Row(
        SOLDIERS,
        re.compile(r"也(?:是|都是|要)(?:在)?(?:线上|网上|现场)(?:审核|审)(?:吧|吗|不|嘛|哇|么)?\W*$"),
        stages=frozenset(REVIEWS),
        against_the_clock=True,
    ),
    # 今天传了好久能看到结果
    Row(
        "审核多久",
        re.compile(
            r"传了?[^,。?!]{0,3}(?:好久|多久|几天|什么时候|啥时候)(?:能|才|可以|会)*(?:看到|看得到|有|出|晓得|知道)(?:审核)?结果"
        ),
        against_the_clock=True,
    ),
    # 哪个来审
    Row(
        "审核结果",
        re.compile(
            r"^[那, ]*(?:是)?(?:哪个|谁|哪个单位|哪里|哪家)(?:来|在|负责)?审(?:核|查)?(?:的|嘛|呢|啊)?\W*$"
        ),
        against_the_clock=True,
    ),
    # 刚被驳回了现在还能交不: of the papers, and no fee
    Row(
        "审核不通过",
        re.compile(
            r"(?:驳回|打回|退回|解锁)[^?!费钱款]{0,8}(?:能|可以|来得及)[^,。?!费钱款]{0,3}(?:交|传|改|补|提交)[^费钱款]{0,3}\W*$"
        ),
        against_the_clock=True,
    ),
    # 资料不全会通知我不
    Row(
        "驳回通知",
        re.compile(
            r"(?:资料|材料|照片)(?:不全|不齐|不够|缺|有问题|不合格|不清楚|没传全)[^?!]{0,6}(?:会|要|得不得)[^,。?!]{0,3}(?:通知|联系|告诉|打电话|喊|发短信)"
        ),
        against_the_clock=True,
    ),
    # 现在是不是等审核
    Row(
        "审核时间",
        re.compile(r"(?:是不是|就|现在)[^,。?!]{0,2}等(?:着|到)?审核(?:了)?(?:吗|嘛|不|哇)?\W*$"),
        against_the_clock=True,
    ),
    # 审核过了没在哪查
    Row(
        "审核结果",
        re.compile(
            r"审核?[^,。?!]{0,4}(?:过了?(?:没|吗|不)|结果|进度|状态)[^,。?!]{0,3}(?:在|去)?哪(?:里|儿|点)?(?:去)?(?:查|看)"
        ),
        against_the_clock=True,
    ),
    # 现在是线上审核还是现场审核: both, and how far they are
    Row(
        "审核时间",
        re.compile(
            r"(?:现在|今天|这会儿|目前)(?:是|在|到|该)?[^,。?!]{0,3}(?:线上|网上)[^,。?!]{0,4}还是[^,。?!]{0,3}现场"
        ),
        unless=re.compile(r"军|现役"),
    ),
    # 听说24年不搞现场审核了,全部网上审,对吧
    Row(
        SOLDIERS,
        re.compile(
            r"(?:不搞|取消|没得|不用|不要|不需要)了?[^,。?!]{0,2}现场(?:审核|确认)[^。?!]{0,12}(?:对吧|是吧|是不是|真的|吗|对不)"
        ),
        stages=frozenset({"现场审核", "线上审核"}),
        unless=re.compile(r"二试|没有?去|没去成"),
        against_the_clock=True,
    ),
    # 材料是不是在网上传了就不用跑了: who has to go to the site all the same
    Row(
        SOLDIERS,
        re.compile(
            r"(?:传|上传|网上交|网上弄|网上审)(?:完|好|过)?了?[^,。?!]{0,6}(?:不用|用不用|要不要|还要|还用|不消|不必)[^,。?!]{0,2}(?:跑|去现场|到现场|去一趟|去考点)"
            r"|(?:带|拿)原件(?:去|到|过去)[^,。?!]{0,3}(?:吗|不|么|嘛)\W*$"
            r"|(?:要不要|用不用|要|用|需要|得)(?:亲自|本人)?(?:去|到|跑)(?:趟)?现场(?:审核|确认|审)?(?:吗|不|么|嘛|没)?\W*$"  # 她要去现场不
            r"|审核(?:还|也|是)?去现场(?:吗|不|么|嘛|没)\W*$"
        ),
        stages=frozenset({"网上报名", "材料上传", "线上审核", "现场审核", "技能缴费", "一试缴费"}) - SECOND,
        asks=frozenset({"是否", "条件", "材料", "地点", "错过", "哪些"}),
        against_the_clock=True,
    ),
    # 审核怎么弄, of no review by name: in a region whose notice tells of one on the net it begins with that
    Row(
        "线上审核流程",
        re.compile(r"审核?(?:是|要|该|到底|应该)*(?:怎么|咋个?|如何)(?:进行|弄|办|搞|整|走|做|审|操作)"),
        stages=frozenset(REVIEWS),
        asks=frozenset({"流程"}),
        words=frozenset({"怎么办"}),
        unless=re.compile(r"现场|驳回|打回|退回|不通过|没过"),
    ),
    # 去年审核被刷下来了,今年再报要注意什么
    Row(
        "去年审核没过",
        re.compile(
            r"(?:去年|上一?年|上次|前年)[^?!]{0,10}(?:审核?|材料|资料|资格)[^?!]{0,8}(?:刷|没过|没通过|不过|不通过|不合格|退|驳|打回|卡)[^?!]{0,14}今年[^?!]{0,6}(?:报|考|注意|咋|怎么)"
        ),
        asks=frozenset({"流程", "是否", "条件", "材料"}),
    ),
    # 毕业证原件要不要
    Row(
        "现场审核材料",
        re.compile(r"原件(?:要不要|带不带|需不需要|用不用|要带?吗|要带?不|需要吗)"),
        stages=frozenset({"现场审核"}),
    ),
    # 我还是显示审核中
    Row(
        "待审核",
        re.compile(r"显示(?:的是|是|为)?(?:待审核?|审核中|未审核?|在审)"),
        stages=frozenset({"网上报名", "线上审核", "现场审核"}),
        unless=re.compile(r"驳回|不通过"),
        against_the_clock=True,
    ),
    # 现场签字以后还能改不
    Row(
        "签字后修改",
        re.compile(r"(?:签字|签了字|签完字|签名|签了名)[^。?!]{0,30}(?:改|修改|变|换)"),
        unless=re.compile(r"[还都]没(?:有)?签|没签|未签|签字?之?前|先别签"),
        against_the_clock=True,
    ),
)
