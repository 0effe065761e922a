"""Questions that a few of their words decide (see row.py): the registration, its papers, and where one registers. Pure."""

from __future__ import annotations

import re

from bot.dialogue.allowed import CIVIL, STRAIGHT
from bot.dialogue.row import Row

PAPERS, MISTYPED = "报名材料", "报名信息修改"  # entries

ROWS = (
    # 材料要今天传完吗
    Row(
        "材料上传时间",
        re.compile(
            r"(?:要|必须|得|非要)(?:在)?(?:今天|今晚|明天|现在|马上|\d{1,2}号)[^,。?!]{0,2}(?:上)?传(?:完|好)"
        ),
        stages=frozenset({"材料上传", "网上报名"}),
        against_the_clock=True,
    ),
    # 军人也要传?
    Row(
        "材料上传",
        re.compile(r"(?:军人|现役|部队|当兵)的?[^,。?!]{0,3}(?:也|还)要(?:上)?传(?!什么|啥|哪)"),
        stages=frozenset({"材料上传", "网上报名"}),
        against_the_clock=True,
    ),
    # 现场去报可以不嘛
    Row(
        STRAIGHT,
        re.compile(r"现场(?:去)?报(?:名)?[^,。?!]{0,3}(?:可以|能|行|得行)(?:不|吗|么|嘛)"),
        against_the_clock=True,
    ),
    # 我资料还没传完,可以后头补传不
    Row(
        "逾期未上传",
        re.compile(r"(?:后头|后面|以后|之后|过后|审核的时候)[^,。?!]{0,4}补传"),
        against_the_clock=True,
    ),
    # 综合还要重新报名不, of who passed 技能 this year
    Row(
        "报名对象",
        re.compile(
            r"(?:综合|笔试|一试)[^,。?!]{0,4}(?:还|要不要|用不用|需不需要|要)[^,。?!]{0,4}(?:再|重新|另外|单独|另)[^,。?!]{0,4}报"
        ),
        unless=re.compile(r"去年|上年|前年|明年|没过|没考过|挂|二试|差"),
        against_the_clock=True,
    ),
    # 重庆报名需要传哪些材料: which, and not how they are uploaded
    Row(
        PAPERS,
        re.compile(
            r"(?:传|交|准备)(?:的|些)?(?:(?:哪些|什么|啥子?|哪几样|些啥子?|些什么|哪样)(?:材料|资料|东西|证件)|(?:哪些|哪几样|哪样)(?=[啊呢嘛哦,. ?]|$))"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        asks=frozenset({"材料", "哪些"}),
    ),
    # 25年四川几号报 … 那我现在可以准备啥子
    Row(
        PAPERS,
        re.compile(
            r"(?:可以|要|该|先|需要|能)(?:先|提前)?准备(?:点|些|哪些)?(?:啥子?|什么)(?:东西)?(?:呢|哦|啊|嘛)?\W*$"
            r"|(?:先|提前)(?:做|弄|搞|办)(?:些|点|哪些|个)?(?:啥子?|什么|哪些)准备"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        against_the_clock=True,
    ),
    # 材料是不是也是4号晚上截止
    Row(
        "材料上传时间",
        re.compile(
            r"(?:材料|资料|图片)(?:是不是|也|上传|都|是)*(?:[^,。?!]{0,8})(?:截止|到期|最后一天|截至)"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        unless=re.compile(r"现场|原件|审核?|补|带|改|换"),
        against_the_clock=True,
    ),
    # 没交上是不是今年就不能考了
    Row(
        "错过报名",
        re.compile(
            r"没(?:交|报|提交)(?:上|成)?[^,。?!]{0,3}(?:是不是|就|我|今年)+[^,。?!]{0,3}(?:不能考|考不成|考不了)"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        against_the_clock=True,
    ),
    # 单位在彭水,规培基地在北碚呢,以哪个为准
    Row(
        "两地单位",
        re.compile(
            r"(?:规培|住培|基地|合同|进修|借调|派)[^?]{0,16}(?:[以按]哪[个边]|哪[个边]为准|算哪[个边])"
        ),
    ),
    # 想考执业医 从哪开始弄
    Row(
        "报名流程",
        re.compile(
            r"(?:从|打)哪(?:里|儿|点|一步)?(?:开始|入手|下手|弄起|搞起)|(?:怎么|咋个?|如何)(?:开始|起步|入手)(?:弄|搞|办)?\W*$"
        ),
        stages=frozenset({"网上报名", "技能考试", "一试考试"}),
    ),
    # 之前战友说不用上传: who uploads
    Row(
        "材料上传",
        re.compile(
            r"(?:不用|不需要|不必|不消|用不着|要不要|用不用|需不需要|都要|也要|还要)(?:再|也)?(?:上传|传)(?![什啥哪几多完好错])"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        asks=frozenset({"是否"}),
        unless=CIVIL,
    ),
    # 能不能去现场补报: without the registration on the net
    Row(
        STRAIGHT,
        re.compile(
            r"(?:能|可以|可不可以|能不能|行不行)[^,。?!]{0,4}(?:现场|窗口)[^,。?!]{0,3}补报|(?:现场|窗口)[^,。?!]{0,3}补报[^,。?!]{0,3}(?:行|可以|能|吗|不)"
        ),
        against_the_clock=True,
    ),
    # 彭水卫生院的,材料交到哪里
    Row(
        "材料上传",
        re.compile(r"(?:材料|资料|图片)(?:该|要|是)?(?:交|送|寄|递|传)(?:到|在|去|往|给)?(?:哪|谁)"),
        asks=frozenset({"材料", "地点"}),
        unless=re.compile(r"现场|原件|带"),
    ),
    # 上传材料是在哪个网站，跟报名是同一个吗
    Row(
        "材料上传",
        re.compile(
            r"(?:上传|传)(?:的)?(?:材料|资料|图片)?[^,。?!]{0,6}(?:哪个|什么|啥子?)(?:网站|网址|系统|平台|页面|地方)"
        ),
        unless=re.compile(r"现场|原件"),
    ),
    # 明年再报还要重新审核吗
    Row(
        "报名对象",
        re.compile(r"(?:明年|下一?年|来年)[^,。?!]{0,8}(?:重新|从头|又要|再)[^,。?!]{0,6}(?:报|审)"),
        asks=frozenset({"是否", "流程"}),
        unless=re.compile(r"技能|过了|什么时候|啥时候|几号|好久|哪天"),
    ),
    # 重庆考点电话多少
    Row(
        "咨询电话",
        re.compile(
            r"(?:考点|考区|办公室|卫健委|报名点|咨询)[^,。?!]{0,4}电话(?:号码)?(?:是)?(?:多少|号|好多|几多|有没有|有没得|呢|$)"
        ),
    ),
    # 昨天报名截止了我没报成 有补报吗
    Row(
        "错过报名",
        re.compile(r"有(?:没有|没得)?补报"),
        stages=frozenset({"网上报名"}),
        unless=re.compile(r"二试|现场"),
        against_the_clock=True,
    ),
    # 照片多大: of a portrait nothing is on file
    Row(
        "照片要求",
        re.compile(
            r"^[那, ]*(?:报名)?照片(?:要|是|得)?(?:多大|几寸|什么底|啥子?底|什么颜色|啥颜色|什么要求|啥要求|白底|蓝底)"
        ),
    ),
    # 报名填完发现名字拼错了 能改吗
    Row(
        MISTYPED,
        re.compile(r"(?:填|写|拼|输|选|打|录|报)(?:成)?错|错(?:了)?(?:个)?(?:字|号|名)"),
        also=re.compile(
            r"(?:能|可以)[^,。?!]{0,4}[改换](?:吗|不|么|得)|[改换](?:得|不)(?:了|到)|怎么改|咋改|咋个改|如何改"
        ),
        stages=frozenset({"网上报名"}),
        unless=re.compile(r"签|审核|材料|图片|照片|传|考点"),
    ),
    # 我系统里找不到上传材料的地方
    Row(
        "材料上传",
        re.compile(
            r"(?:找不到|没得|没有|看不到|不见)[^,。?!]{0,4}(?:上传|传)(?:材料|资料|图片)?的?(?:地方|入口|按钮|界面|页面)"
        ),
        against_the_clock=True,
    ),
    # 能改吗, of a stranger
    Row(
        MISTYPED,
        re.compile(r"^(?:请问|那)?(?:还|都)?(?:能|可以)(?:改|修改)(?:吗|不|么|嘛|得)?\W*$"),
        stages=frozenset(),
    ),
    # 前面交的材料明年还能用不
    Row(
        "旧材料",
        re.compile(
            r"(?:材料|资料|图片|照片|证明)[^,。?!]{0,8}(?:(?:还|能不能|能|可以)(?:能|可以|接着|继续|再)?用(?!上传|传|交|准备|带|印|改|换)|作数|接着用|沿用)"
            r"|(?:用|拿|沿用)(?:去年|上次|以前|往年|之前)[^,。?!]{0,4}(?:材料|资料|图片|证明)[^,。?!]{0,4}(?:行|可以|能|吗|不)"
        ),
        against_the_clock=True,
    ),
    # 刚换单位了 现在在四川达州 那咋选: where one registers, of who has not done so
    Row(
        "考点选择",
        re.compile(r"换(?:了)?(?:工作|单位)|换到|调(?:到|来|去|动)|跳槽|现在(?:单位)?在"),
        also=re.compile(r"(?:选|报)(?:哪|到哪|在哪)|(?:咋个?|怎么)选|报[^,。?!]{1,5}还是[^,。?!]{1,6}\W*$"),
        unless=re.compile(r"(?<!没)(?<!未)报(?:过|了|完|好|上)|报名(?:以?后|成功|了)|提交了"),
        against_the_clock=True,
    ),
)
