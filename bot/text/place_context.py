"""Whether a string that spells a place stands in the text as a place: its neighbours decide."""

from __future__ import annotations

import re
from typing import Final

from bot.text.who import KIN

# A county's short name is taken only between words that stand next to places (or next to nothing at all): 双流的考生, 在永川上班.
# 重新安排 holds 新安 and 水平和技能 holds 平和, but neither 重 nor 水 ever stands before a place.
_BEFORE: Final = frozenset(
    "在到去回从是于自来选归报考换改填为往和与跟或及的我你您他她咱俺们这那叫向对由离至问想要还就属住调转写师呢啊吧吗了请查看说市省区县州"
)
# What ends here is no part of a name: 还有忠县, 我表姐渝北的.
_CLEAR_BEFORE: Final = re.compile(
    rf"(?:考点(?:都|也)?(?:管不管|管|包不包括|包括|包含|含|收不收|收|有没有|有)|一下|问下|查下|还有|考点|报名点|(?:我|俺)(?:哥|姐|弟|妹)|对象|{KIN})$"
)
_AFTER: Final = frozenset(
    "的考报市区县这那人医卫现线网技实审缴交费上工执怎什哪几能可有没在是属算和与或及吗呢吧啊呀哈了转到今明去笔综户籍地本各需要都也"
    "应多何咋行还会够老妇疾中填选归分嘛噻嗦哇撒喃哟不"
)
_GOES_ON: Final = re.compile(
    r"上班|上报|上传|上交|工作|人民|人事|人在|中医|中心(?:医院|卫生)|医院|医生|考[点区生试]|报[名考]|审核|现场|网[上报]|缴费|卫[健生]"
)
_WORKS: Final = re.compile(r"(?:的|那边|这边)?(?:上班|工作|执业|规培|坐诊|(?:人民|中)?医院|卫生院)")
_ONE_OF: Final = re.compile(r"[,， ]|一个|的|那边|这边|选|归|属|报|$")
# 开州乡镇卫生院, 渝北一家医院, 万州三峡医院
_TOWNSHIP: Final = re.compile(
    rf"(?:我|俺)?{KIN}|乡镇|[乡镇村](?:中心)?卫生[院室]|[一某那这][家个]|(?!人)[\u4e00-\u9fff]{{1,4}}(?:医院|卫生院|诊所|门诊部)"
)
# 和县 is what 各区和县 ends in: a two-character full name needs a preposition or nothing before it.
_BEFORE_SHORT_FULL: Final = frozenset("在到去回从是于来选的考")
_BEFORE_COUNTY: Final = frozenset("那我们他她个哦嗯报归")  # 那忠县的, 我忠县的, and no 离我太远

# What follows a name and makes something else of it: streets, times, brands, speech. The place is not meant.
_NOT_THE_PLACE = re.compile(
    r"时间|牌|(?:[东西南北中]|[一二三四五])?路(?![线上过程费])|[东西南北中]?大道|街道|[东西南北]?大街|步行街|话(?!费)|高铁|高速|铁路|动车|天气|"
    r"(?:大|国际)?(?:酒店|宾馆|饭店)|(?:农商)?银行|农商行|农信|卫视|大众|汽车|啤酒|证券|出版|移动|联通|电信"
)
# Longer words that begin with, end with or hold a place name.
WORDS: Final = frozenset(
    """京东 东京 南京路 上海牌 沙发 沪深 深港 港股 沪指 川流不息 川贝 川普 川崎 山川 冰川 平川 常川 河川 四川话 桂花 云端 新生 青年 宁可 吉他 辽阔
    港口 苏打 苏醒 复苏 流苏 紫苏 苏州街 台阶 藏文 长治久安 安全 安排 大同小异 太平洋 太平间 东方财富 东方航空 平安夜 平安保险 平安银行 平安证券
    新华字典 新华书店 新华社 新华网 和平时期 资源库 资源网 合作社 合作医疗 公安局 公安部 公安机关 北京时间 西部战区 东部战区 南部战区 北部战区
    中部战区 解放军 武功秘籍 海南鸡饭 中山装 中山医院 中山大学 吉林大学 东北大学 长安汽车 长江 黄河 中原 西南 东南 华北 东北 华东 华南 西北 江南
    海外 河北梆子 丹东 蒙古 外蒙古 蒙古国 云南白药 蒙药 蒙医 藏医 藏药 苗药 川芎 川菜 粤菜 湘菜 鲁迅 鲁班 鲁莽 豫剧 晋级 晋升 晋职 皖 沪指 沪江
    黔驴技穷 大理石 德州扑克 德州仪器 哈密瓜 小沈阳 巴巴中 通化顺 紫金城 中国龙城 三明治""".split()  # noqa: SIM905  (a list literal would be hundreds of quotes)
) - {"中山大学", "吉林大学", "丹东", "皖", "中原"}
# Hospitals and schools that several regions have, or that bear another place's name: nothing is known from these alone.
ELSEWHERE = re.compile(
    r"(?<!中国)(?:北京协和(?=医学院|医大)|中山医院|长征医院|长海医院|东方医院|中日友好医院|友好医院|平安好医生|和平医院|新华医院|朝阳医院|"
    r"长安医院|西安交大一附院|[东西南北中]部战区(?!总医院)|南方医科|南方医大|东方红|东方肝胆|天山医院|黄河医院|长江医院|长沙发(?![布文放通了出来给])|"
    # the end of one word and the beginning of the next, as this exam's candidates put them side by side
    r"[医社低确环担]保定|日照[片相样]|中卫[生健]|太原[因文件始则]|大同[时样意]|完成都|哈密码|新乡[村镇]|四平[台均方]|平台[北中南东]|"
    r"[西指]南[通充]|轻松原|马拉松|[多好最太很]大[同连庆]|晚安[顺庆]|昭通[过知]|大连[续接]|事宜[兰宾]|明白城|周口腔|公积金华|[每今明后昨]天津贴|网上海量|北海道|时长沙)"
)

SAFE_SINGLES: Final = frozenset("川渝沪粤鄂湘豫鲁冀晋皖赣闽浙黔滇琼蜀蓉甬穗邕杭京津苏桂藏辽陕蒙")
# 贵考区 is polite, 新考生 is new, 青年 is young: as one character these never count, but in 云贵川 they do.
_ALONE_SINGLES: Final = SAFE_SINGLES
_PREPOSED: Final = frozenset("在来去到赴回离返驻入")
_SINGLE_AFTER = re.compile(
    r"考[生区点试]|籍|省(?!略|钱|心|事|得|去|下|了)|内(?!容|部|科|在|面|涵|心|向|行|阜|江|蒙|国|语|地|伤|壳|卖|出)|卫健|医考|地区(?!别)"
)
_SINGLE_END = re.compile(
    r"$|[^\u4e00-\u9fff]|[的吗呢吧啊呀么能怎要可是上工考报执行人这那什几有就没现也都缴审打参当行开]"
)
_ONLY_IT = re.compile(r"(?:的|这边|这边的)(?:呢|嘛|哈|啊|哦|嘞)?\W*$")  # 川的
# 工作 川 and 川: 在川工作 yes, 在京东工作 no; 在杭州 is the city's own.
_SINGLE_NOT = re.compile(
    r"[沪京](?:东|深|剧|牌)|京[九沪都]|津(?:贴|液)|苏(?:醒|打)|藏(?:身|着)|晋(?:级|升|职)|辽(?:阔|远)|蒙(?:混|骗|对|了|的)|杭[城帮]"
)
# Runs of one-character names that people write: each character is a region of its own.
RUNS: Final[dict[str, str]] = {
    run: run
    for run in """川渝 渝川 云贵川 川云贵 云贵 滇黔 川黔 渝黔 黔渝 川滇 川渝黔 渝川黔 川贵 川陕 川藏 京津冀 京津 津冀 京冀 江浙沪 浙江沪 苏浙沪 沪苏浙 沪浙
    浙沪 沪苏 苏沪 沪苏浙皖 苏浙沪皖 江浙沪皖 江浙 苏浙 浙皖 苏皖 皖苏 浙苏 闽粤 粤闽 闽浙 浙闽 闽赣 湘鄂 鄂湘 湘鄂赣 湘赣 赣湘 湘粤 粤湘 粤桂 桂粤 粤桂琼 粤琼
    粤港 粤港澳 港澳 港澳台 陕甘 陕甘宁 甘宁 甘青 甘青宁 青甘 晋陕 陕晋 晋冀 冀晋 冀鲁 冀鲁豫 鲁豫 豫鲁 苏鲁 鲁苏 豫皖 皖豫 豫鄂 鄂豫 豫陕 晋豫 豫晋 黑吉辽 辽吉黑
    晋冀鲁豫 青藏 新藏 京沪 沪京 鄂渝 渝鄂 湘黔 黔湘 湘桂 黔桂 桂黔 滇桂""".split()  # noqa: SIM905  (a list literal would be hundreds of quotes)
}
# Roads and lines, no regions: 京沪高铁, 川藏线.
RUN_NOT = re.compile(r"高铁|高速|铁路|线|公路|股|深|甘|菜")
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "两广": ("广东", "广西"),
    "两湖": ("湖北", "湖南"),
    "东三省": ("辽宁", "吉林", "黑龙江"),
    "东北三省": ("辽宁", "吉林", "黑龙江"),
    "长三角": ("上海", "江苏", "浙江", "安徽"),
}
# Districts that nearly every city has.
EVERYWHERE: Final = frozenset({"高新区", "高新开发区", "经开区", "经济开发区", "技术开发区"})


def is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def goes_on(text: str, end: int) -> bool:
    """True where a word of the exam or of work follows, so that 楼|上班 is no 楼上 and 鼓楼 stays a place."""
    return _GOES_ON.match(text, end) is not None


def stands_as_county(text: str, start: int, end: int) -> bool:
    """True where the neighbours on both sides are such as stand next to places."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if _CLEAR_BEFORE.search(text, 0, start):
        before = ""
    return (not before or not is_han(before) or before in _BEFORE) and (
        not after or not is_han(after) or after in _AFTER or _TOWNSHIP.match(text, end) is not None
    )


def works_there(text: str, start: int, end: int) -> bool:
    """For 长寿, 合作, which are everyday words too: True where one works in it, or its 考点 is asked for."""
    if text[start - 1 : start] != "在":
        return False
    return _WORKS.match(text, end) is not None or ("考点" in text and _ONE_OF.match(text, end) is not None)


def stands_as_short_full(text: str, start: int, end: int) -> bool:
    """For 和县, 道县: True after a preposition, a sign or at the start; but ",和县医院" is "and the county hospital"."""
    before = "" if _CLEAR_BEFORE.search(text, 0, start) else text[start - 1 : start]
    after = text[end : end + 1]
    if after and is_han(after) and after not in _AFTER:
        return False
    if before and is_han(before):
        return before in _BEFORE_SHORT_FULL or (text[end - 1] == "县" and before in _BEFORE_COUNTY)
    return text[start] not in "和与及" or text[end : end + 1] not in tuple("医级里城卫")


def ends_a_word(text: str, start: int) -> bool:
    """True where the first character belongs to what stands before, whatever follows: 4日|照片, 网上|高清."""
    before = text[start - 1 : start]
    if (
        text[start] in "日月年号时点分"
        and before
        and (before.isdigit() or before in "一二三四五六七八九十几当今")
    ):
        return True
    return text[start] == "上" and before != "" and before in "网线晚早路考赶马身以加带附"


def is_something_else(text: str, end: int) -> bool:
    """True where what follows makes a street, a time or a brand of the name: 南京路, 北京时间."""
    return _NOT_THE_PLACE.match(text, end) is not None


def stands_as_single(text: str, start: int) -> bool:
    """For 川, 渝, 蓉 …: True where one character can be nothing but the region: 在渝, 川考生, 川 alone."""
    char, before, after = text[start], text[start - 1 : start], text[start + 1 : start + 2]
    if char not in SAFE_SINGLES or _SINGLE_NOT.match(text, start):
        return False
    clear_before = not before or not is_han(before)
    if clear_before and (not after or not is_han(after)):
        return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())
    if not before and _ONLY_IT.match(text, start + 1):
        return True
    if before in _PREPOSED and _SINGLE_END.match(text, start + 1):
        return True
    free_before = clear_before or before in "在是来去到的我们问和与跟于从全年天"
    return free_before and _SINGLE_AFTER.match(text, start + 1) is not None
