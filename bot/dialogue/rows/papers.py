"""Questions that a few of their words decide (see row.py): the papers of the registration: which, until when, where to, and what is wrong with them. Pure."""

from __future__ import annotations

import re

from bot.dialogue.allowed import CIVIL
from bot.dialogue.rows.row import Row

PAPERS = "报名材料"  # entry

ROWS = (
    # 上传照片好大
    Row("材料格式", re.compile(r"传[^,。?!]{0,3}(?:照片|相片|图片?|扫描件)[^,。?!]{0,4}(?:多|好)大(?!事)")),
    # 我传了材料忘了点提交
    Row(
        "没提交上",
        re.compile(r"传了?(?:完|好)?(?:材料|资料)?了?[^,。?!]{0,4}(?:忘了?|忘记|没)(?:点|按)?提交"),
        unless=re.compile(r"驳回|打回|重新|解锁"),
        against_the_clock=True,
    ),
    # 还可不可以传材料
    Row(
        "材料上传时间",
        re.compile(r"还(?:能不能|可不可以|得不得行)(?:上)?传(?:材料|资料|图片|照片)?(?:了)?\W*$"),
        unless=re.compile(r"审核|驳回|打回"),
        against_the_clock=True,
    ),
    # 要啥格式啊
    Row(
        "材料格式",
        re.compile(
            r"^[那, ]*(?:图片?|照片)?(?:是|要|有)?(?:啥子?|什么|哪种)(?:样的)?格式(?:的)?(?:啊|嘛|呢|哦)?\W*$"
        ),
    ),
    # 材料要今天传完吗
    Row(
        "材料上传时间",
        re.compile(
            r"(?:要|必须|得|非要)(?:在)?(?:今天|今晚|明天|现在|马上|\d{1,2}号)[^,。?!]{0,2}(?:上)?传(?:完|好)"
        ),
        stages=frozenset({"材料上传", "网上报名"}),
        against_the_clock=True,
    ),
    # 报了之后材料啥时候传
    Row(
        "材料上传时间",
        re.compile(
            r"(?:材料|资料|图片?)(?:是|要|该)?(?:啥时候|什么时候|好久|几号|多久|哪天)(?:再|才|开始|能|可以)?(?:上)?传"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        against_the_clock=True,
    ),
    # 报上了但是材料少传一张 还能补吗, 明天审核 我现在发现少传了毕业证
    Row(
        "材料修改",
        re.compile(r"[少漏](?:了)?(?:上)?传了?(?:一|两|几|个|张|份|毕业证|学位证|身份证|证明|材料|资料)"),
        also=re.compile(r"还能补|能补|可以补|补得|发现"),
        unless=re.compile(r"[费钱款]|驳回|打回|退回|审核的时候"),
        against_the_clock=True,
    ),
    # 找哪个盖章
    Row(
        "报名材料",
        re.compile(
            r"(?:找|去|喊|请)(?:哪个|谁|哪里|哪儿|哪)[^,。?!]{0,3}盖章?|盖(?:的|是)?(?:哪个|谁|啥子?|什么)的?章"
        ),
        stages=frozenset(),
    ),
    # 才下班 照片还没整
    Row(
        "材料没齐",
        re.compile(
            r"(?:照片|材料|资料|扫描件|复印件|图片)(?:都|还|也)*(?:还没|没)(?:有)?(?:整|弄|搞|拍|准备|扫)(?:好|完|起|齐)?(?:呢|的|啊|哦|得)?\W*$"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        against_the_clock=True,
    ),
    # 毕业证还没拿到得行不
    Row(
        "材料没齐",
        re.compile(
            r"(?:毕业证|学位证|资格证|执业证|助理证|证书)[^,。?!]{0,3}(?:还没|没|还未|未)(?:有)?(?:拿到|拿|发下来|发|下来|领到|领|办下来)(?!吗)[^。?!]{0,6}(?:行|能|可以)"
        ),
        stages=frozenset({"网上报名", "材料上传"}),
        unless=re.compile(r"丢|掉了|补办|换个|助理证|报执业|考执业"),
        against_the_clock=True,
    ),
    # 军人也要传?
    Row(
        "材料上传",
        re.compile(r"(?:军人|现役|部队|当兵)的?[^,。?!]{0,3}(?:也|还)要(?:上)?传(?!什么|啥|哪)"),
        stages=frozenset({"材料上传", "网上报名"}),
        against_the_clock=True,
    ),
    # 我资料还没传完,可以后头补传不
    Row(
        "逾期未上传",
        re.compile(r"(?:后头|后面|以后|之后|过后|审核的时候)[^,。?!]{0,4}补传"),
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
    # 照片多大: of a portrait nothing is on file
    Row(
        "照片要求",
        re.compile(
            r"^[那, ]*(?:报名)?照片(?:要|是|得)?(?:多大|几寸|什么底|啥子?底|什么颜色|啥颜色|什么要求|啥要求|白底|蓝底)"
        ),
    ),
    # 我系统里找不到上传材料的地方
    Row(
        "材料上传",
        re.compile(
            r"(?:找不到|没得|没有|看不到|不见)[^,。?!]{0,4}(?:上传|传)(?:材料|资料|图片)?的?(?:地方|入口|按钮|界面|页面)"
        ),
        against_the_clock=True,
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
)
