"""Questions that a few of their words decide, whatever the rest is about: one row each. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.dialogue.allowed import CIVIL, STRAIGHT
from bot.dialogue.ask import Ask
from bot.dialogue.standing import SOLDIERS
from bot.schedule.stages import SECOND

PAPERS, MISTYPED = "报名材料", "报名信息修改"  # entries
_ANY: frozenset[str] | None = None


@dataclass(frozen=True)
class _Row:
    """One kind of question.

    said: what the message says · also: what it says besides, None for nothing · unless: what it must not say.
    stages, asks: those that the question may name, None for any · words: the same of its content.
    """

    entry: str
    said: re.Pattern[str]
    stages: frozenset[str] | None = _ANY
    asks: frozenset[str] | None = _ANY
    words: frozenset[str] | None = _ANY
    also: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    against_the_clock: bool = False

    def fits(self, ask: Ask) -> bool:
        """Whether the question is of this kind."""
        text, topic = ask.query.text, ask.topic
        return (
            _within(topic.stages, self.stages)
            and _within(topic.asks, self.asks)
            and _within(ask.content, self.words)
            and (self.against_the_clock or not topic.verdict)
            and self.said.search(text) is not None
            and (self.also is None or self.also.search(text) is not None)
            and (self.unless is None or self.unless.search(text) is None)
        )


def _within(named: Collection[str], allowed: frozenset[str] | None) -> bool:
    return allowed is None or set(named) <= allowed


_ROWS = (
    # 重庆报名需要传哪些材料: which, and not how they are uploaded
    _Row(
        PAPERS,
        re.compile(
            r"(?:传|交|准备)(?:的|些)?(?:(?:哪些|什么|啥子?|哪几样|些啥子?|些什么|哪样)(?:材料|资料|东西|证件)|(?:哪些|哪几样|哪样)(?=[啊呢嘛哦,. ?]|$))"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        asks=frozenset({"材料", "哪些"}),
    ),
    # 25年四川几号报 … 那我现在可以准备啥子
    _Row(
        PAPERS,
        re.compile(
            r"(?:可以|要|该|先|需要|能)(?:先|提前)?准备(?:点|些|哪些)?(?:啥子?|什么)(?:东西)?(?:呢|哦|啊|嘛)?\W*$"
            r"|(?:先|提前)(?:做|弄|搞|办)(?:些|点|哪些|个)?(?:啥子?|什么|哪些)准备"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        against_the_clock=True,
    ),
    # 材料是不是也是4号晚上截止
    _Row(
        "材料上传时间",
        re.compile(
            r"(?:材料|资料|图片)(?:是不是|也|上传|都|是)*(?:[^,。?!]{0,8})(?:截止|到期|最后一天|截至)"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        unless=re.compile(r"现场|原件|审核?|补|带|改|换"),
        against_the_clock=True,
    ),
    # 没交上是不是今年就不能考了
    _Row(
        "错过报名",
        re.compile(
            r"没(?:交|报|提交)(?:上|成)?[^,。?!]{0,3}(?:是不是|就|我|今年)+[^,。?!]{0,3}(?:不能考|考不成|考不了)"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        against_the_clock=True,
    ),
    # 现在是线上审核还是现场审核: both, and how far they are
    _Row(
        "审核时间",
        re.compile(
            r"(?:现在|今天|这会儿|目前)(?:是|在|到|该)?[^,。?!]{0,3}(?:线上|网上)[^,。?!]{0,4}还是[^,。?!]{0,3}现场"
        ),
        unless=re.compile(r"军|现役"),
    ),
    # 是不是现在一月份这个就是二试报名
    _Row(
        "什么是二试",
        re.compile(
            r"(?:现在|[一1]月份?|年初|这个|这次)[^,。?!]{0,8}(?:就是|是)(?:报的?)?二试(?:的?报名)?(?:吗|吧|么|对吧)?\W*$"
        ),
        unless=re.compile(r"月\d|\d[号日]"),
        against_the_clock=True,
    ),
    # 一试差5分 二试还没出通知?
    _Row(
        "二试报名时间",
        re.compile(
            r"二试[^,。?!]{0,3}(?:还没|没|还|怎么|咋)?(?:有|没)?(?:出|发|公布|下)(?:来)?的?(?:通知|公告|时间)"
            r"|二试的?(?:通知|公告)[^,。?!]{0,3}(?:出|发|公布|下)"
        ),
        against_the_clock=True,
    ),
    # 二试是这周末考嗦
    _Row(
        "二试考试时间",
        re.compile(
            r"二试[^,。?!]{0,4}(?:[这下本]?个?(?:周|星期|礼拜)[末一二三四五六日天]|明天|后天|月底)[^,。?!]{0,2}考"
        ),
        against_the_clock=True,
    ),
    # 听说24年不搞现场审核了,全部网上审,对吧
    _Row(
        SOLDIERS,
        re.compile(
            r"(?:不搞|取消|没得|不用|不要|不需要)了?[^,。?!]{0,2}现场(?:审核|确认)[^。?!]{0,12}(?:对吧|是吧|是不是|真的|吗|对不)"
        ),
        stages=frozenset({"现场审核", "线上审核"}),
        unless=re.compile(r"二试|没有?去|没去成"),
        against_the_clock=True,
    ),
    # 单位在彭水,规培基地在北碚呢,以哪个为准
    _Row(
        "两地单位",
        re.compile(
            r"(?:规培|住培|基地|合同|进修|借调|派)[^?]{0,16}(?:[以按]哪[个边]|哪[个边]为准|算哪[个边])"
        ),
    ),
    # 去年技能过了的也是今天交吗
    _Row(
        "谁缴技能费",
        re.compile(
            r"(?:去年|上一?年)[^,。?!]{0,4}技能[^,。?!]{0,4}(?:过了|合格|过)的?[^,。?!]{0,4}(?:也|还)[^,。?!]{0,6}[交缴]"
        ),
        unless=re.compile(r"综合|一试|笔试|二试"),
        against_the_clock=True,
    ),
    # 审核过了 现在就等缴费
    _Row(
        "技能缴费时间",
        re.compile(r"审核?[^,。?!]{0,4}(?:过|通过|完)了[^?!]{0,8}等(?:着|到|起)?(?:缴费|交费|交钱)"),
        unless=re.compile(r"技能(?:考试)?过|综合|一试|二试"),
    ),
    # 二试要另外交吗
    _Row(
        "二试流程",
        re.compile(
            r"二试[^,。?!]{0,6}(?:另外|单独|重新)(?:要)?(?:再)?[交缴付](?:费|钱)?(?:吗|不|么|嘛|哇)?\W*$"
        ),
        against_the_clock=True,
    ),
    # 想考执业医 从哪开始弄
    _Row(
        "报名流程",
        re.compile(
            r"(?:从|打)哪(?:里|儿|点|一步)?(?:开始|入手|下手|弄起|搞起)|(?:怎么|咋个?|如何)(?:开始|起步|入手)(?:弄|搞|办)?\W*$"
        ),
        stages=frozenset({"网上报名", "技能考试", "一试考试"}),
    ),
    # 材料是不是在网上传了就不用跑了: who has to go to the site all the same
    _Row(
        SOLDIERS,
        re.compile(
            r"(?:传|上传|网上交|网上弄|网上审)(?:完|好|过)?了?[^,。?!]{0,6}(?:不用|用不用|要不要|还要|还用|不消|不必)[^,。?!]{0,2}(?:跑|去现场|到现场|去一趟|去考点)"
            r"|(?:带|拿)原件(?:去|到|过去)[^,。?!]{0,3}(?:吗|不|么|嘛)\W*$"
            r"|(?:要不要|用不用|要|用|需要|得)(?:亲自|本人)?(?:去|到|跑)(?:趟)?现场(?:审核|确认|审)?(?:吗|不|么|嘛|没)?\W*$"  # 她要去现场不
        ),
        stages=frozenset({"网上报名", "材料上传", "线上审核", "现场审核", "技能缴费", "一试缴费"}) - SECOND,
        asks=frozenset({"是否", "条件", "材料", "地点", "错过", "哪些"}),
        against_the_clock=True,
    ),
    # 审核怎么弄, of no review by name: in a region whose notice tells of one on the net it begins with that
    _Row(
        "线上审核流程",
        re.compile(r"审核?(?:是|要|该|到底|应该)*(?:怎么|咋个?|如何)(?:进行|弄|办|搞|整|走|做|审|操作)"),
        stages=frozenset({"线上审核", "现场审核"}),
        asks=frozenset({"流程"}),
        words=frozenset({"怎么办"}),
        unless=re.compile(r"现场|驳回|打回|退回|不通过|没过"),
    ),
    # 之前战友说不用上传: who uploads
    _Row(
        "材料上传",
        re.compile(
            r"(?:不用|不需要|不必|不消|用不着|要不要|用不用|需不需要|都要|也要|还要)(?:再|也)?(?:上传|传)(?![什啥哪几多完好错])"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        asks=frozenset({"是否"}),
        unless=CIVIL,
    ),
    # 能不能去现场补报: without the registration on the net
    _Row(
        STRAIGHT,
        re.compile(
            r"(?:能|可以|可不可以|能不能|行不行)[^,。?!]{0,4}(?:现场|窗口)[^,。?!]{0,3}补报|(?:现场|窗口)[^,。?!]{0,3}补报[^,。?!]{0,3}(?:行|可以|能|吗|不)"
        ),
        against_the_clock=True,
    ),
    # 去年审核被刷下来了,今年再报要注意什么
    _Row(
        "去年审核没过",
        re.compile(
            r"(?:去年|上一?年|上次|前年)[^?!]{0,10}(?:审核?|材料|资料|资格)[^?!]{0,8}(?:刷|没过|没通过|不过|不通过|不合格|退|驳|打回|卡)[^?!]{0,14}今年[^?!]{0,6}(?:报|考|注意|咋|怎么)"
        ),
        asks=frozenset({"流程", "是否", "条件", "材料"}),
    ),
    # 彭水卫生院的,材料交到哪里
    _Row(
        "材料上传",
        re.compile(r"(?:材料|资料|图片)(?:该|要|是)?(?:交|送|寄|递|传)(?:到|在|去|往|给)?(?:哪|谁)"),
        asks=frozenset({"材料", "地点"}),
        unless=re.compile(r"现场|原件|带"),
    ),
    # 上传材料是在哪个网站，跟报名是同一个吗
    _Row(
        "材料上传",
        re.compile(
            r"(?:上传|传)(?:的)?(?:材料|资料|图片)?[^,。?!]{0,6}(?:哪个|什么|啥子?)(?:网站|网址|系统|平台|页面|地方)"
        ),
        unless=re.compile(r"现场|原件"),
    ),
    # 明年再报还要重新审核吗
    _Row(
        "报名对象",
        re.compile(r"(?:明年|下一?年|来年)[^,。?!]{0,8}(?:重新|从头|又要|再)[^,。?!]{0,6}(?:报|审)"),
        asks=frozenset({"是否", "流程"}),
        unless=re.compile(r"技能|过了|什么时候|啥时候|几号|好久|哪天"),
    ),
    # 审核最后没通过,交的钱退不退
    _Row(
        "退费情形",
        re.compile(r"退不退|能不能退|[能可]以?退|退[吗不么]|退(?:给我|钱|费)"),
        also=re.compile(
            r"审?核?[^,。?!]{0,4}(?:没通过|不通过|没过)|[两二2][次遍道笔份]|双份|重复|多[交扣]|录错|搞错"
        ),
        unless=re.compile(r"二试|自己填|多久|好久|几天|到账"),
        against_the_clock=True,
    ),
    # 成绩刚出来 我考了362
    _Row(
        "合格线",
        re.compile(r"(?:成绩|分数)[^。?!]{0,12}(?:考了?|是|得)(?:个)?[1-6]\d\d分?(?![\d号日月年天次个多])"),
        unless=re.compile(r"二试|机会|复核|技能|什么时候|怎么查|哪里查|几号"),
    ),
    # 查成绩359差1分
    _Row(
        "合格线",
        re.compile(r"(?<!\d)[1-6]?\d\d分?[,， ]?(?:就|只)?差了?\d{1,2}分"),
        unless=re.compile(r"二试|机会|还能|技能"),
    ),
    # 毕业证原件要不要
    _Row(
        "现场审核材料",
        re.compile(r"原件(?:要不要|带不带|需不需要|用不用|要带?吗|要带?不|需要吗)"),
        stages=frozenset({"现场审核"}),
    ),
    # 重庆考点电话多少
    _Row(
        "咨询电话",
        re.compile(
            r"(?:考点|考区|办公室|卫健委|报名点|咨询)[^,。?!]{0,4}电话(?:号码)?(?:是)?(?:多少|号|好多|几多|有没有|有没得|呢|$)"
        ),
    ),
    # 我还是显示审核中
    _Row(
        "待审核",
        re.compile(r"显示(?:的是|是|为)?(?:待审核?|审核中|未审核?|在审)"),
        stages=frozenset({"网上报名", "线上审核", "现场审核"}),
        unless=re.compile(r"驳回|不通过"),
        against_the_clock=True,
    ),
    # 昨天报名截止了我没报成 有补报吗
    _Row(
        "错过报名",
        re.compile(r"有(?:没有|没得)?补报"),
        stages=frozenset({"网上报名"}),
        unless=re.compile(r"二试|现场"),
        against_the_clock=True,
    ),
    # 照片多大: of a portrait nothing is on file
    _Row(
        "照片要求",
        re.compile(
            r"^[那, ]*(?:报名)?照片(?:要|是|得)?(?:多大|几寸|什么底|啥子?底|什么颜色|啥颜色|什么要求|啥要求|白底|蓝底)"
        ),
    ),
    # 有没有技能补考
    _Row("技能没过", re.compile(r"技能[^,。?!]{0,4}补考|补考技能")),
    # 四川现场确认是不是只要没过技能的才去
    _Row(
        SOLDIERS,
        re.compile(r"(?:现场)[^?!]{0,8}(?:只有|只要|只是|仅)[^?!]{0,12}(?:才|需要|要)?去"),
    ),
    # 报名填完发现名字拼错了 能改吗
    _Row(
        MISTYPED,
        re.compile(r"(?:填|写|拼|输|选|打|录|报)(?:成)?错|错(?:了)?(?:个)?(?:字|号|名)"),
        also=re.compile(
            r"(?:能|可以)[^,。?!]{0,4}[改换](?:吗|不|么|得)|[改换](?:得|不)(?:了|到)|怎么改|咋改|咋个改|如何改"
        ),
        stages=frozenset({"网上报名"}),
        unless=re.compile(r"签|审核|材料|图片|照片|传|考点"),
    ),
    # 二试要另外报名吗
    _Row(
        "什么是二试",
        re.compile(r"二试[^,。?!]{0,6}(?:另外|单独|重新|再|还)(?:要)?(?:报|网报)(?:名)?(?:吗|不|么|嘛|一次)"),
        asks=frozenset({"是否"}),
    ),
    # 技能成绩多少算过
    _Row(
        "合格线",
        re.compile(r"(?:多少分?|几分|好多分?|几多分)[^,。?!]{0,3}(?:算|才|就|能|为)*(?:过(?!了)|合格|及格)"),
        stages=frozenset({"技能考试", "一试考试", "二试考试", "二试报名"}),
    ),
    # 现场签字以后还能改不
    _Row(
        "签字后修改",
        re.compile(r"(?:签字|签了字|签完字|签名|签了名)[^,。?!]{0,16}(?:改|修改|变|换)"),
        unless=re.compile(r"[还都]没(?:有)?签|没签|未签|签字?之?前|先别签"),
        against_the_clock=True,
    ),
    # 我系统里找不到上传材料的地方
    _Row(
        "材料上传",
        re.compile(
            r"(?:找不到|没得|没有|看不到|不见)[^,。?!]{0,4}(?:上传|传)(?:材料|资料|图片)?的?(?:地方|入口|按钮|界面|页面)"
        ),
        against_the_clock=True,
    ),
    # 能改吗, of a stranger
    _Row(
        MISTYPED,
        re.compile(r"^(?:请问|那)?(?:还|都)?(?:能|可以)(?:改|修改)(?:吗|不|么|嘛|得)?\W*$"),
        stages=frozenset(),
    ),
    # 一试是技能二试是笔试对吧: what the two are
    _Row(
        "什么是一试",
        re.compile(
            r"(?:一试|二试)(?:就|不)*(?:是|指|叫)(?:的)?(?:指)?(?:技能|操作|实操|笔试|综合|机考|理论)"
        ),
        unless=re.compile(r"报名|缴|交|[考过]了|没过|几号|时候|好久"),
        against_the_clock=True,
    ),
    # 这个是二试的费用吗, of another fee
    _Row(
        "什么是二试",
        re.compile(
            r"^[那, ]*(?:这|这个|这次|上面|刚才|现在|那个)?(?:交|缴|说)?的?(?:这个)?(?:是不是|就是|是)(?:二试|两试)的?(?:费用?|钱|缴费|交费)"
        ),
    ),
    # 前面交的材料明年还能用不
    _Row(
        "旧材料",
        re.compile(
            r"(?:材料|资料|图片|照片|证明)[^,。?!]{0,8}(?:(?:还|能不能|能|可以)(?:能|可以|接着|继续|再)?用(?!上传|传|交|准备|带|印|改|换)|作数|接着用|沿用)"
            r"|(?:用|拿|沿用)(?:去年|上次|以前|往年|之前)[^,。?!]{0,4}(?:材料|资料|图片|证明)[^,。?!]{0,4}(?:行|可以|能|吗|不)"
        ),
        against_the_clock=True,
    ),
    # 刚换单位了 现在在四川达州 那咋选: where one registers, of who has not done so
    _Row(
        "考点选择",
        re.compile(r"换(?:了)?(?:工作|单位)|调(?:到|来|去|动)|跳槽|现在(?:单位)?在"),
        also=re.compile(r"(?:选|报)(?:哪|到哪|在哪)|(?:咋个?|怎么)选|报[^,。?!]{1,5}还是[^,。?!]{1,6}\W*$"),
        unless=re.compile(r"(?<!没)(?<!未)报(?:过|了|完|好|上)|报名(?:以?后|成功|了)|提交了"),
        against_the_clock=True,
    ),
    # 技能费不是交过了吗怎么还要交
    _Row(
        "为什么缴两次费",
        re.compile(
            r"(?:[交缴付](?:过|了|过了)(?:一次|一遍|的)?(?:了|的)?(?:钱|费)?(?:了|吗)*|(?:不是|才|都|已经)[^,。?!]{0,6}[交缴付](?:过|了))[^。?!二重复退]{0,8}"
            r"(?:怎么|为啥子?|为什么|咋个?|干嘛|凭啥)[^,。?!]{0,3}(?:还要|又要|还得|又|还让|又让)(?:再|我)?(?:次|一次)?[交缴付]"
        ),
        against_the_clock=True,
    ),
)


def by_words(ask: Ask) -> str:
    """The entry of the first row that the question is of; "" for none."""
    return next((row.entry for row in _ROWS if row.fits(ask)), "")
