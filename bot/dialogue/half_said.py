"""Half questions that hold to the entry told last: which mean that entry again, and which another. One row each. Pure."""

from __future__ import annotations

import re

from bot.dialogue.going_on import CATEGORY
from bot.dialogue.rows_fees import PAYMENT_FAILS
from bot.dialogue.rows_registration import MISTYPED
from bot.dialogue.session import Topic
from bot.dialogue.standing import PASSED_BEFORE, SOLDIERS, VALIDITY, WHO_PAYS, WHOM_TO_ASK
from bot.dialogue.stands_for import FollowUp
from bot.text.query import Query
from bot.text.replacing import replace

REJECTED, PAPERS = "审核不通过", "材料修改"  # entries
_MAY = r"(?:能|可以|行|得行|要得|来得及)"
_ASKS = r"(?:吗|不|没|么|嘛|吧|哇|行)*\W*$"
_DATE = r"(?:\d{1,2}月)?\d{1,2}[号日]"
_PAGE = r"(?:页面|系统|网页|网站)[^,。?!]{0,4}(?:进不去|打不开|点不动|登不上|关了|转圈|卡|崩|没反应|刷不出)"
_NORMAL = r"^[那, ]*(?:这|这样)?(?:是|算)?正常(?:吗|不|么|嘛)\W*$"

_MISSED_REVIEW = "错过审核"  # the entry
_ONLINE_DONE = r"^[^?]*(?:线上|网上)审?核?(?:是|我)?(?:都|已经)?(?:过|通过)了(?:的|啊|呀|哦|嘛)*(?:[, ]+那?(?:是不是|不|就)*(?:可以|行|没事|够|不用去)了?(?:吗|嘛|吧|么)?)?\W*$"

_AGAIN = "重新提交"  # entry
_WHICH_BUTTON = re.compile(
    r"(?<!考)点(?:击|开)?(?:哪|啥|什么)|哪(?:里|儿|个)[^,。?!]{0,3}(?:(?<!考)点|重新提交|按钮)"
)


# fmt: off
# (entry of the talk, what is said then): the same entry is meant, whatever the words alone are like
_SECONDS = ("什么是二试", "二试条件", "二试类别", "二试流程", "二试审核", "二试考试时间", "二试试点", "二试报名时间", "二试缴费时间", "二试时间")
_STILL = (
    # 手机号填错咋改 … 改到好久
    (MISTYPED, r"^[那, ]*(?:可以|能)?改到(?:好久|几号|什么时候|啥时候|哪天)(?:嘛|呢|啊|哦)?\W*$"),
    # 我是助理 … 那150得行不
    ("合格线", r"^[那, ]*(?:我|考)*(?:考了?)?[1-5]?\d\d分?(?:得行|能行|行|够|可以|能过|过得了|过)(?:不|了|吗|么|嘛|没)*\W*$"),
    # 刚签完字发现毕业时间写错了 … 能改不
    ("签字后修改", r"^[那, ]*(?:还|真的|现在)?(?:能|可以|能不能|可不可以)改(?:不|吗|么|嘛|啊)?\W*$"),
    # 缺个工作证明, 原因是证明没盖章
    (REJECTED, r"^[那嗯 ]*(?:就|只|说|是|我|还)*(?:缺|差|少)(?!考|多久)(?![^,。]{0,4}[费钱款缴付])[^?吗怎咋几]{1,12}$"),
    (REJECTED, r"^[那嗯 ]*(?:原因|理由)(?:是|就是|写的是?|说的?是?)?[^?吗怎咋几]{2,16}$"),
    (REJECTED, r"^[^?吗怎咋几]{0,8}(?:没盖章|没签字|不合格)(?:的|了|嘛)?$"),
    # 补了还能再交吗, 盖了章再交可以不, 过了这个时间再补行不
    (REJECTED, rf"[补改换弄盖签][^,。?!费钱款]{{0,4}}{_MAY}[^,。?!费钱款]{{0,3}}(?:交|传|提交|审)"),
    (REJECTED, rf"^[^费钱款缴付]*(?:再|重新)(?:交|传|提交|送)[^,。?!费钱款]{{0,3}}{_MAY}{_ASKS}"),
    (REJECTED, rf"过了?(?:这个|那个|规定)?(?:时间|期限|点)[^,。?!]{{0,4}}(?:补|交|传|改)[^,。?!费钱款]{{0,4}}{_ASKS}"),
    # 我听我们主任说70, after the mark that is enough
    ("合格线", r"(?:听|说|讲|记得)[^,。?!]{0,8}(?<!\d)\d{2,3}(?:分)?(?:的|嘛|吗|吧|哦)?\W*$"),
    # 成绩出来了 助理 183分 … 是不是过了
    ("合格线", r"^[那, ]*(?:我)?(?:这)?(?:是不是|算|就是|是)?(?:就)?(?:过了|合格了?|及格了?|没过)(?:吗|不|么|嘛|吧|哈|没)?\W*$"),
    # 补了还要再跑一趟啊
    (REJECTED, r"[补改换][^,。?!]{0,4}(?:还|再|又)(?:要|得|用)?(?:再)?(?:跑|去)(?:一)?[趟次回]"),
    # 网上审核我是通过了的 也不行吗
    (_MISSED_REVIEW, r"(?:网上|线上|网审|线上审)(?:审核?)?[^,。?!没]{0,6}(?:过|通过|审完|合格)了"),
    # 会不会直接就不让考了
    (REJECTED, r"(?<!能)(?<!可)不(?:让|能|得)[^,。?!报]{0,3}考|(?:取消|失去|没得?)(?:考试)?资格"),
    # 提交了的, 已经点了提交; 现在系统关了; 去现场能改不; 4号之后呢, 过了4号呢
    (MISTYPED, r"^[那, ]*我?(?:都|已经?|是|也|点了?)*(?:提交|报)(?:过|成功)?了?(?:过了|的|呀|啊|嘛)*(?:还能改)?(?:吗|不|么|嘛)?\W*$"),
    (MISTYPED, r"^(?:现在|但是|可是|但)?(?:系统|网页|页面|报名|网报)(?:都|也|已经)?(?:关|截止|进不去|结束)了?的?\W*$"),
    (MISTYPED, rf"现场[^,。?!]{{0,6}}{_MAY}[^,。?!]{{0,3}}(?:改|换){_ASKS}|现场[^,。?!]{{0,4}}[改换]{_MAY}?{_ASKS}"),
    (MISTYPED, rf"^[那, ]*(?:要是)?(?:过了{_DATE}(?:[之以过]?后)?|{_DATE}[之以过]?后)(?:就|还)?(?:能|可以)?改?(?:呢|吗|不|么|嘛)\W*$"),
    (MISTYPED, r"还没(?:有)?(?:去|到)?(?:现场|签|确认)"),
    # 昨天晚上截止的那还能改吗, 那现场确认的时候改得了不
    (MISTYPED, rf"(?:还|都|可以|能)[^,。?!]{{0,2}}改{_ASKS}|改得[了到成]{_ASKS}|改不改得"),
    # 那审核的时候呢; 报名结束以后呢, 那2月4号以后呢
    (PAPERS, r"^[那, ]*(?:线上|现场)?审核?(?:的)?(?:时候|期间|时)(?:呢|还能|能|可以)"),
    (PAPERS, r"^[那, ]*(?:网上)?(?:报名|网报)(?:(?:结束|截止|完)了?(?:[之以]后|后)?|[之以]?后)(?:呢|还能|能|可以)"),
    (PAPERS, rf"^[那, ]*(?:过了)?{_DATE}[之以过]?后(?:就|还)?(?:能|可以)?换?(?:呢|吗|不|么|嘛)\W*$"),
    # 现在页面进不去, after what was missed: it is over, and no fault of the page
    ("错过缴费", _PAGE), ("错过报名", _PAGE), ("错过审核", _PAGE),
    ("待审核", _NORMAL), ("审核结果", _NORMAL), ("审核多久", _NORMAL),
    # 那我是不是连报名都不用报, 直接等8月考笔试
    (PASSED_BEFORE, r"不用(?:再|去)?(?:报名|报|审核|审)|直接(?:等|去|就)?[^,。?!]{0,4}考"),
    # 助理证2022年8月注册的
    ("报考条件", r"(?:助理|执业)(?:医师)?(?:资格)?证[^,。?!吗怎咋几多啥什]{0,12}(?:注册|拿|取得|考|发|下来)(?:到|的|了)\W*$"),
    # 中专的同事呢
    ("报考条件", r"^[那, ]*(?:中专|大专|专科|高职|本科|研究生|硕士|博士)[^,。?!]{0,6}呢\W*$"),
    # 还没交钱, after what comes back
    ("退费情形", r"还?没[交缴付]过?(?:钱|费)"), ("退费", r"还?没[交缴付]过?(?:钱|费)"),
    # 我62, after the mark that is enough
    ("合格线", r"^[那, ]*我?(?:就|只|才)?(?:考了?|得了?|是)?(?<!\d)\d{2,3}分?(?:的|呢|哦|吧|嘛)?\W*$"),
    # 身份证学历就够了？
    ("报名材料", r"(?:够|可以|行|齐)了(?:吗|不|么|嘛|吧)?\W*$"),
    # 没交综合费还可以参加二试吗 … 技能已经过了
    ("二试条件", r"^[那, ]*我?(?:的)?技能[^,。?!没]{0,4}(?:过|合格|通过)了?的?\W*$"),
    # 还要重新报名吗
    ("二试没过", r"(?:重新|还要|还用|还得|要不要|用不用)[^,。?!]{0,3}(?:报名|报|审核)"),
)

_REVIEW_DAYS = (SOLDIERS, "现场审核时间", "审核时间")
_REVIEWS = ("审核不通过", "重新提交", "驳回通知")
_OF_SECOND = ("二试流程", "二试报名时间", "二试缴费时间", "二试时间", "二试条件", "二试类别")
_OF_WHO = ("报考条件", "报名对象", "上年技能合格", "实践技能免试")
_FEE_DAYS = ("一试缴费时间", "技能缴费时间", "缴费时间", WHO_PAYS)
# (entries of the talk, what is said then, the entry of which that is)
_OTHER = (
    (("签字后修改",), r"^[那, ]*(?:要是|如果|我)?(?:还)?没(?:有)?(?:签字?)的?(?:呢|咋办|怎么办)?\W*$", MISTYPED),
    (("改后提交", "通知单", "通知单补打"), rf"^[那, ]*(?:过了)?{_DATE}[之以过]?后(?:呢|(?:就|还)?(?:能|可以)改(?:吗|不|么|嘛))\W*$", MISTYPED),
    # 要交什么, after who may register
    (_OF_WHO, r"^[那, ]*(?:我)?(?:要|需要|得)(?:交|准备|带|传)(?:些)?(?:什么|啥子?|哪些)(?:材料|资料|东西)?\W*$", "报名材料"),
    ((MISTYPED,), r"(?<!没)(?<!未)(?<!没有)签(?:了|完|过)?[字名]?(?:了|完|过)*(?:[之以]?后|了)[^,。?!]{0,8}(?:呢|还能|能|可以|咋|怎么)", "签字后修改"),
    ((MISTYPED,), r"^[那, ]*(?:资格|现场|线上)?审核?(?:都)?(?:结束|完)了?(?:[之以]后|后)(?:呢|还能|能)", "审核期满"),
    (("退费",), r"审核[^,。?!]{0,8}(?:不|没)(?:通过|过|合格)", "退费情形"),
    # 那要是我不去呢, 那我啥都不用弄了, after who has to go
    ((SOLDIERS,), r"^[那, ]*(?:要是|如果|万一|假如)?我?(?:就|真)?(?:不|没)去了?(?:呢|会怎|会咋|行不行|可以不|怎么办|咋办)", "没去现场审核"),
    (_REVIEW_DAYS, r"(?:啥子?|什么|哪样)都不(?:用|消|需要)[弄管做办搞]", "线上审核流程"),
    # 网卡了 交不上
    (_FEE_DAYS, r"^(?!.*(?:算|弃|会|咋|怎|过|截止)).*[交缴付]不(?:起|到|上|成|出去|进去)", "缴费失败"),
    # 那去哪点看通知, after a fee whose days are not out yet
    (_FEE_DAYS, r"(?:去|在|到)?哪(?:里|儿|边|点)?(?:去)?(?:盯|看|查|关注|等)(?:到)?(?:的)?(?:通知|公告|消息)", WHOM_TO_ASK),
    # 那我怎么晓得啥时候交
    (_FEE_DAYS, r"(?:怎么|咋个?|啷个|哪(?:里|儿)?)(?:才)?(?:能)?(?:晓得|知道)", WHOM_TO_ASK),
    # 规培在沙坪坝呢, after the site of where one works
    (("考点选择", "两地单位"), r"(?:规培|住培|进修|借调|轮转)[^。?!]{0,12}$(?<!不)", "两地单位"),
    (("两地单位",), r"^[那, ]*我?(?:到底|应该|该)?(?:报|填|选|算)(?:在)?(?:哪|哪里|哪儿|哪边|哪个|哪个考点)(?:啊|嘛|呢|哦)?\W*$", "两地单位"),
    (("考点选择", WHOM_TO_ASK), r"^[那, ]*(?:我)?(?:规培|住培|进修)(?:基地|医院|单位)?(?:是)?在", "两地单位"),
    # 我是说去年综合没过的那种, in a talk of 二试
    (_SECONDS, r"^[那, ]*(?:我|我们)?(?:是)?(?:说|问)?(?:的)?(?:是)?(?:去年|上一?年)[^,。?!]{0,4}(?:综合|笔试|机考|一试)?[^,。?!技]{0,3}(?:没过|没考过|挂了|差)(?:的)?(?:那种|人|考生|呢|情况|分)*\W*$", PASSED_BEFORE),
    # 资料不齐会不会直接刷掉, 人家会不会直接给我毙了
    (("线上审核时间", "线上审核流程", "审核时间", PAPERS), r"会不会[^,。?!]{0,6}(?:刷|毙|不通过|作废|取消|拒|不给过|不让过)", REJECTED),
    # 有一个是部队医院的, after who goes where
    (("考点选择", "两地单位"), r"部队(?:医院|单位|卫生)", "算不算现役"),
    # 那我去哪盯
    ((*_OF_SECOND, "二试试点", "二试考试时间"), r"(?:去|在|到)?哪(?:里|儿|边)?(?:去)?(?:盯|看|查|关注|等通知)", "二试流程"),
    # 考点选错了咋个办
    (("考点选择", "两地单位"), r"考点(?:选|填|报|弄)错|(?:选|填|报)错了?(?:考点)?(?:咋|怎么|啷|能)", MISTYPED),
    # 昨天忘记提交了 … 还有救没, of what is due
    (("下一步",), r"^[那, ]*(?:还|就)?(?:有没有|有没得|有|没)(?:得)?(?:救|机会|办法|希望)了?(?:没|不|吗|么|嘛)?\W*$", "错过报名"),
    # 你确定没交费也可以报二试？: of the first test's
    (_OF_SECOND, r"没[交缴](?:费|钱|过)*的?(?:人)?也(?:能|可以|算)", "二试条件"),
    # 完了没交成,还可以补交不, in a talk of 二试
    (_OF_SECOND, r"^(?!.*(?:一试|综合|笔试|机考|第一次)).*(?:(?<!还)没|忘了?|补)[交缴报付]", "二试错过"),
    # 线上审核过了的哦, after who missed the one on site
    ((_MISSED_REVIEW,), _ONLINE_DONE, _MISSED_REVIEW),
    (("现场审核时间",), _ONLINE_DONE, SOLDIERS),
    # 改到3月6号还能改不
    (_REVIEWS, rf"[改补]到?{_DATE}[^,。?!]{{0,3}}还?{_MAY}|[改补]到{_DATE}", REJECTED),
    (_REVIEWS, rf"(?:今晚|明天|明早|明晚|后天)[^,。?!]{{0,8}}[改补换传交弄][^,。?!费钱]{{0,2}}{_MAY}{_ASKS}", REJECTED),
    # 没传完整怎么办, while the review is on
    (("线上审核时间", "线上审核流程", "审核时间", "现场审核时间"), r"(?:资料|材料|照片)[^?!]{1,8}(?:通知|联系|告诉|喊)我?们?(?:不|吗|么|嘛|没)\W*$", "驳回通知"),
    (("线上审核时间", "线上审核流程", "审核时间"), r"没传(?:完整|全|齐)|(?:材料|资料)(?:不全|不齐|没齐|缺)", PAPERS),
    # 要是3月5号前没弄好呢
    ((*_REVIEWS, SOLDIERS, "驳回通知"), r"(?:要是|如果|万一)[^,。?!]{0,8}前(?:还)?没(?:弄|改|补|传|搞|交)(?:好|完|成|上|起)", "审核期满"),
    # 改了还要重新打印通知单不 … 我改了手机号 原来那张还能用不, 哦那我再打一张就行了嘛
    (("通知单", "通知单补打", "改后提交"), r"[改换]了[^?!]{0,10}(?:原来|之前|旧|先前)[^,。?!]{0,3}(?:那|这)?[张份个]", "改后提交"),
    (("改后提交",), r"(?:再|重新)打(?:印)?(?:一)?[张份次遍]", "改后提交"),
    # 不打印会不会作废
    (("通知单", "通知单补打", "没提交上"), r"(?:不|没)打(?:印)?(?:的话|了|出来|到)?[^,。?!]{0,3}(?:会|要紧|咋|怎么|作废|算|有事|有影响)", "通知单补打"),
    # 然后干嘛 缴费吗, in a talk of the review
    ((*_REVIEW_DAYS, "审核结果", "待审核", "审核多久", "线上审核流程"), r"(?:然后|接下来|之后|就)[^?!]{0,6}(?:缴费|交费|交钱)(?:了)?(?:吗|么|不)\W*$", "审核与缴费"),
    # 我表弟是部队的 他要带啥
    (("报名材料",), r"带(?:些|点)?(?:啥子?|什么|哪些)(?:东西|材料|资料)?(?:去|过去|来)?(?:嘛|呢|啊)?\W*$", "现场审核材料"),
    # 二试报名 … 考试是哪天 … 只有明年了嗦; 24号过了就没得了哇
    (("二试考试时间",), r"(?:只有|只能|只好|就得|就是)(?:等)?明年了?(?:嗦|嘛|哦|哇|咯|吧|吗|么)*\W*$", "二试错过"),
    (_SECONDS, rf"(?:过了?(?:那天|时间|这几天)?|{_DATE}(?:晚上)?一?过了?)(?:是不是)?就(?:没得|没有|不行|不能|报不|没机会|没戏)", "二试错过"),
    (("二试错过",), r"补[报缴交]", "二试错过"),
    # 那我换成临床行不行
    (("二试类别", "二试条件", "二试考试时间"), r"(?:换|改|转)(?:成|到|报|考)", "二试审核"),
    # 我在开州上班, after what 考点 means
    (("考点含义",), r"上班|单位|工作|医院|^(?:那)?(?:我)?(?:朋友|同事|同学)?(?:在|是)?(?:的)?呢\W*$", "考点选择"),
    # 还有几天可以改, of papers that came back
    ((REJECTED,), r"还有(?:几天|好久|多久|多长时间)(?:可以|能)?(?:改|补|换)|(?:可以|能)改(?:到)?(?:几天|好久|几号)", REJECTED),
    # 改了还没过是不是今年就废了
    (("审核时间", "线上审核时间", "线上审核流程", REJECTED, "重新提交"), r"还(?:是)?(?:没|不)(?:过|通过)[^?!]{0,8}(?:废|完了|没戏|凉|考不成|白|咋)", "审核期满"),
    # 我搞错了 是今年头一回考, in a talk of 二试: the year's registration
    (_SECONDS, r"(?:头一回|头一次|第一回|第一次|首次)(?:考|报)(?!试)", "报名时间"),
    # 那免试的要不要交这个 … 那她们啥时候交: the fee that is left
    (("谁缴技能费",), r"^[那, ]*[她他]们(?:的)?(?:是)?(?:啥时候|什么时候|好久|几号|哪天)(?:去)?[交缴]", "一试缴费时间"),
    # 军人要交不, after the slip that is printed
    (("通知单", "通知单补打"), r"^[那, ]*(?:军人|现役|我|军队)?(?:的)?(?:要不要|要|用|需要)[交带](?:不|吗|么|嘛|去)?\W*$", "现场审核材料"),
    # 那我就等到起?, after who has to go
    (_REVIEW_DAYS, r"^[那, ]*我?(?:是不是|就|只|现在)*(?:在家)?等(?:着|到起|到|起)?(?:就行|就好|就是|通知)*了?(?:吗|嘛|不|哇|么)?\W*$", "下一步"),
    # 过了12点还能改不
    (("报名时间",), r"过了?(?:今晚)?(?:12|24|十二|零)点[^,。?!]{0,3}(?:还)?(?:能|可以)改", MISTYPED),
    # 那现场审核还能去不, of who is not registered
    (("没提交上", "错过报名"), r"(?:现场|审核|确认)[^,。?!]{0,3}(?:(?:能|可以|要)[^,。?!]{0,2}去|去得|去不)|去现场", "直接去现场"),
    # 那今年就没得考了哦, of who is not registered
    (("报名时间", "没提交上"), r"^[那, ]*(?:今年|我)*(?:就|是不是|就是)?(?:没得考|考不成|考不了|没法考|白忙)", "错过报名"),
    # 网页一直转圈圈, while a fee is spoken of
    (_FEE_DAYS, _PAGE, PAYMENT_FAILS),
    # 那网上报名算白报了?
    ((*_REVIEW_DAYS, "审核期满"), r"(?:报名|网报)[^,。?!]{0,3}(?:白报|作废|白费|算数)", "没去现场审核"),
    # 来不及了咋办
    (_REVIEWS, r"^[那, ]*(?:要是|如果|万一)?我?(?:来不及|赶不上|弄不完|补不完|改不完|没来得及)了?(?:的话)?(?:呢|咋|怎么|会|啷)", "审核期满"),
    # 在哪儿改, after papers that came back
    ((*_REVIEWS, PAPERS), r"^[那, ]*(?:在|到|去)?哪(?:儿|里|个地方|点)?(?:去)?(?:改|换|传|补)(?:嘛|呢|啊)?\W*$", "材料上传"),
    # 我在四川,两个都要弄?
    (("审核时间", "线上审核时间", "现场审核时间"), r"两[个样]都(?:要|得|必须|是要)(?:弄|办|做|去|搞)?", "线上审核流程"),
    # 还要再审一次不, after the fee of the second half
    (_FEE_DAYS, r"(?:还|再|又|重新)(?:要|得|用)?(?:再|重新)?审(?![^,。?!]{0,2}(?:多久|好久|几天|多少天))", "审核与缴费"),
    # 重新提交点哪里, 传完点哪个按钮
    (_REVIEWS, _WHICH_BUTTON.pattern, _AGAIN),
    # 谁签字后就不能改了 … 改完要做什么
    (("签字后修改", MISTYPED), r"改(?:完|好|了)(?:之后|以后)?(?:还)?(?:要|该|需要|得)?(?:做|干|弄|办)(?:什么|啥子?|哪样|些啥)", "改后提交"),
    # 材料在哪个网站传 … 就是nmec那个嘛还是另外一个: still of the upload
    (("材料上传", "材料上传时间"), r"nmec|还是(?:另外|别的|另)(?:一个|一家|的)?", "材料上传"),
    # 审核没通过钱退不退 … 我自己不想考了呢
    (("退费情形",), r"不想考了?|不考了|个人原因|自己放弃", "退费"),
    # 要跑路不 … 结果看哪个的
    ((*_REVIEWS, SOLDIERS), r"结果(?:是|要)?(?:看|以|按|听)(?:哪个|谁|哪里|哪儿)", "审核结果"),
    # 综合没过听说有二试 … 我四川的 能报不
    (_SECONDS, r"^[那, ]*(?:我|我们)?(?:是)?(?:四川|重庆|成都)(?:的|这边)?[, ]*(?:能|可以)(?:报|考|参加)?(?:不|吗|么|嘛)\W*$", "二试试点"),
    # 完了 报名没点提交 … 能找报名点补吗
    (("没提交上",), r"补(?:报|录|交|一下)?(?:吗|不|么|嘛|得)", "错过报名"),
    # 那明年从头来, after 二试
    (("二试错过", "二试没过"), r"(?:明年|下一?年)[^,。?!]{0,4}(?:从头|重头|重新|再)[^,。?!]{0,2}(?:来|考|报|开始)", "二试没过"),
    # 技能还要考吗, in a talk of 二试
    (_SECONDS, r"^[那, ]*技能(?:考试)?(?:还|也|又)?(?:要|用|需要|得)(?:再|重新|重)?考(?:一次|一遍)?(?:吗|不|么|嘛)?\W*$", "什么是二试"),
    # 要满足啥子条件, 报名和交费是分开的吗, in a talk of 二试
    (_SECONDS, r"^[那, ]*(?:都|还)?(?:要|需要|得|有)?(?:满足|符合|具备)?(?:啥子?|什么|哪些|些啥子?)(?:样的)?(?:条件|要求)(?:嘛|呢|啊|哦)?\W*$", "二试条件"),
    (_SECONDS, r"报名[^,。?!]{0,3}(?:交费|缴费|交钱|缴钱)[^,。?!]{0,4}(?:分开|一起|同时|同一)", "二试流程"),
    # 传不完呢
    (("材料上传", "材料上传时间"), r"[传弄搞](?:不(?:完|好|成|上|起)|不赢)(?:呢|了|咋办|怎么办|会怎|咋整|嘛)", "逾期未上传"),
    # 带啥子去, after who goes on site and who does not upload
    (("材料上传", *_REVIEW_DAYS, "现场审核流程", "现场审核地点"), r"带(?:些|点)?(?:啥子?|什么|哪些|哪样)(?:东西|材料|资料)?(?:去|过去|来)?(?:嘛|呢|啊)?\W*$", "现场审核材料"),
    # 要交什么材料, 学历信息能改吗, 能换考区不, 报名入口在哪, 要交钱不: in a talk of 二试
    (_SECONDS, r"带(?:些|点)?(?:什么|啥子?|哪些)(?:东西|证件)?(?:去|嘛|呢)?\W*$", "考试用品"),
    (_SECONDS, r"(?:交|传|准备)(?:些)?(?:什么|啥子?|哪些)(?:材料|资料|东西|证件)", "二试审核"),
    (_SECONDS, r"(?:信息|学历|照片|名字|电话)[^,。?!]{0,4}(?:能|可以)?改|换(?:个|下)?(?:考区|考点|地方考)", "二试审核"),
    (_SECONDS, r"入口|^[那, ]*(?:在|去|到)?哪(?:里|儿|点|边)?(?:去|点|进)?报(?:名)?(?:嘛|呢|啊)?\W*$", "二试流程"),
    (_SECONDS, r"^[那, ]*(?:还)?要(?:另外|再)?(?:交|缴)(?:钱|费)(?:不|吗|么|嘛)\W*$", "二试流程"),
    # 我考的口腔 … 那就只有等明年？
    (("二试类别",), r"(?:只有|只能|只好|就得?)等?(?:到)?明年", "二试没过"),
    # 明年可以重新填吗
    (("签字后修改", MISTYPED), r"明年[^,。?!]{0,4}(?:重新|再)?(?:填|报)", "报名对象"),
    # 明年报名呢 报哪边
    (("报名后换单位",), r"明年[^?]{0,8}报(?:哪|在哪|到哪)", "考点选择"),
    # 我9月报成功了的, in a talk of 二试
    (_SECONDS, r"报(?:名)?(?:成功|上|好|完)了", "二试流程"),
    # 改了要不要重新打印那个单子
    ((*_REVIEWS, MISTYPED, PAPERS), r"(?:重新|再|重|还要|要不要)(?:去)?打(?:印|一[张份次]|[吗不么嘛过]|$)", "通知单"),
)
# fmt: on
_STILL_SAID = tuple((entry, re.compile(said)) for entry, said in _STILL)
_OTHER_SAID = tuple((frozenset(entries), re.compile(said), other) for entries, said, other in _OTHER)

_UNDONE = re.compile(r"没(?:有)?去|忘|没赶上")
# 那我啥都不用弄了, 等考试就是了: what is still to do
_NOTHING_LEFT = re.compile(r"(?:啥子?|什么|哪样)都不(?:用|消|需要)[弄管做办搞]")
NEXT_STEP, _TELEPHONE, _SITE = "下一步", "咨询电话", "考点选择"  # entries
_SIGNED = re.compile(r"(?<!没)(?<!没有)(?<!未)签(?:了|完|过)?[字名]")
# 你说的是全国的还是重庆的: whose days they are is told with them
_WHOSE = re.compile(r"(?:全国|国家)的?还是|还是(?:全国|国家)的")
# 四川都出来了重庆咋没有
_STILL_NONE = re.compile(
    r"都[^,。?!]{0,4}(?:出|有|公布|开始|在交)[^。?!]{0,10}(?:咋个?|怎么|为啥子?|为什么|啷个)[^,。?!]{0,3}(?:没|不)"
)
# 求求了有没有电话
_CALLS = re.compile(
    r"(?:有没有|有没得|有|求|给|要|发|留)(?:个|一个|下|一下|我)*(?:考点|报名点|办公室|咨询|联系)*的?(?:电话|号码|联系方式)(?:吗|嘛|么|不|没|呢|啊)*\W*$"
)
# 真的不行吗, 真的没办法了: the same again
_REALLY = re.compile(
    r"^[啊那, ]*(?:真的|当真|确定|难道)(?:就|是)*(?:不行|没办法|没法|不能|没救|没机会|不可以|没戏|不得行|没得办法|搞不了|弄不了|补不了|没辙)"
    r"(?:补|交|传|改|报|考)?了?(?:吗|么|嘛|不|啊|哇|吧)*\W*$"
)
# 真的一点办法都没有了
_NO_WAY = re.compile(
    r"^[啊那, ]*(?:真的|当真|就)*(?:一点)?(?:办法|法子|机会|希望|余地)(?:都|也)?没(?:有|得)?了?(?:吗|么|嘛|啊|哇)?\W*(?:$|[?!。]\s*(?:我|有人|人家|群里)?(?:听|说|看)[^?!。]{0,14}$)"
)
# 那就没得救了, after what may not be changed any more
_NO_HELP = re.compile(r"^[那, ]*(?:就|是)*(?:没得?救|没办法|没法|完|没辙)了?(?:吗|吧|么|嘛|哇|啊)*\W*$")
# 25年四川几号报 … 跟今年一样吗: of the year that was asked about
_LIKE_THIS_YEAR = re.compile(r"^[那, ]*(?:也|是不是|是)*(?:跟|和|像|同)今年(?:的|是|也)*(?:一样|差不多|同样)")
# 你说的那个是去年的吧: of the days that were told
_ITS_YEAR = re.compile(
    r"^[那, ]*(?:你|您)?(?:说|讲|发|给)?的?(?:这个?|那个?|这些|那些)?(?:时间|日期|日子)?(?:不)?(?:还)?是(?:去年|前年|今年|(?:20)?\d\d年)的?(?:时间|日期|公告|通知)?(?:吧|吗|嘛|哈|哇|对吧)?\W*$"
)
# 2027年报名时间出来没 … 一般好久出
_COMES_OUT = re.compile(
    r"^[那哦, ]*(?:一般|往年|大概|通常|那公告|公告)(?:是|都|会)?(?:好久|什么时候|啥时候|几月份?|几号|哪天|多久)(?:才|会|能)?(?:出|公布|发|下来|有)"
)
# 四川技能缴费今年是几号 … 在哪儿看
_WHERE_TO_LOOK = re.compile(
    r"^[那哦嗯好, ]*(?:我|要)?(?:去|在|到)?哪(?:儿|里|点)?(?:能|可以|去)?(?:看|查|有)(?:得到|到)?(?:嘛|呢|啊|哦)?\W*$"
)
# 去年技能过了今年还要报名不 … 几号截止
_BY_WHEN = re.compile(
    r"^[那, ]*(?:是|要)?(?:几号|好久|什么时候|啥时候|哪天)(?:开始|截止|报|之前报|前报|之前|前)?(?:名)?(?:嘛|呢|啊|哦)?\W*$|^截止(?:是)?(?:几号|好久|什么时候|哪天)\W*$"
)
_OF_ANOTHER_EXAM = frozenset({PASSED_BEFORE, "上年技能没过"})
_OF_CHANGES = frozenset({"签字后修改", MISTYPED, PAPERS, REJECTED})
# 审核也要过一遍, of who passed 技能 before
_REVIEWED_TOO = re.compile(
    r"^[那, ]*(?:明年|来年|到时候)?(?:也|还)?(?:是不是|要不)?要(?:重新|再|重)报(?:名|一次|一遍)*(?:吧|吗|不|么|嘛|啊)?\W*$|^[那, ]*(?:还)?(?:要不要|用不用|需不需要)(?:再|去)?(?:现场|线上|资格)*审核?(?:啊|嘛|呢)?\W*$|^[那, ]*(?:现场|线上|资格)*审[核查]?(?:也|还|都)(?:要|得|需要|用)再?(?:去|弄|做|过|走|来|审)?(?:一[遍道次回下])?(?:吗|不|么|嘛)?\W*$"
)
_ALL_THE_SAME = re.compile(
    r"^[那, ]*我?(?:还|也|都)(?:要|得|用|需要)再?(?:重新)?(?:报名|网报|审核)(?:和|跟|、)?(?:审核|报名)?(?:吗|不|么|嘛)?\W*$"
)
_A_YEAR_ON = re.compile(r"^[那, ]*(?:大?后年|再下一?年)(?:呢|还|也)")
_OF_A_PASS = frozenset({VALIDITY, PASSED_BEFORE})


def _the_day_after(query: Query) -> tuple[int, int, int | None] | None:
    """The first day of 2月4号以后; None where no such day is named."""
    named = query.day
    if named is None or not re.search(r"[号日][之以过]?后", query.text):
        return None
    return named.month, named.day, named.year


def half_said(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """The entry that the half question means, after the one told last; None where no row knows it."""
    if not before.entry or (query.subjects and before.entry not in (PASSED_BEFORE, *_SECONDS)):
        return None
    if _NOTHING_LEFT.search(query.text) and before.entry not in _REVIEW_DAYS:
        return FollowUp(Topic(entry=NEXT_STEP, core=topic.core), fixed=True)
    if (
        _REALLY.match(query.text)
        or _NO_WAY.match(query.text)
        or (before.entry in _OF_CHANGES and _NO_HELP.match(query.text))
    ):
        return FollowUp(before, fixed=True)
    of_days = bool(before.stages) and "时间" in before.asks
    if of_days and (_WHOSE.search(query.text) or _STILL_NONE.search(query.text)):
        return FollowUp(before, fixed=True)
    if before.stages and "时间" in before.asks and _ITS_YEAR.match(query.text):
        return FollowUp(before, fixed=True)
    if of_days and _COMES_OUT.match(query.text):
        return FollowUp(Topic(entry="报名公告", core=topic.core, stages=before.stages), fixed=True)
    if of_days and _WHERE_TO_LOOK.match(query.text):
        return FollowUp(Topic(entry="报名公告", core=topic.core, stages=before.stages), fixed=True)
    if before.entry in _OF_ANOTHER_EXAM and _BY_WHEN.match(query.text):
        core = f"报名{topic.core}"
        return FollowUp(Topic(core=core, stages=("网上报名",), asks=("时间",), year=before.year))
    if before.year and before.year not in query.years and _LIKE_THIS_YEAR.match(query.text):
        return FollowUp(before, fixed=True)
    if before.entry == WHOM_TO_ASK and query.is_bare and query.region.places:
        return FollowUp(Topic(entry=_SITE, core=topic.core), fixed=True)  # 我去哪问嘛 … 我是渝中区的
    if _CALLS.search(query.text) and not (query.stages or query.subjects):
        return FollowUp(Topic(entry=_TELEPHONE, core=topic.core, stages=before.stages), fixed=True)
    # what came back from the review is asked about in the review's own words, too
    rejected = before.entry == REJECTED or "不通过" in before.core
    for entry, said in _STILL_SAID:
        same = before.entry == entry or (entry == REJECTED and rejected)
        heard = said.search(query.text) or said.search(topic.core.strip())  # 四川 已提交: without its place
        if entry == MISTYPED and _SIGNED.search(query.text):
            continue  # 签字以后还能改不
        if same and heard and not CATEGORY.search(query.text):
            day = _the_day_after(query) or before.day
            return FollowUp(replace(before, core=f"{before.core} {topic.core}", day=day), fixed=True)
    if before.sent_back and _WHICH_BUTTON.search(query.text):
        return FollowUp(Topic(entry=_AGAIN, core=topic.core, sent_back=True), fixed=True)
    for entries, said, other in _OTHER_SAID:
        if before.entry in entries and said.search(query.text):
            if other == SOLDIERS and ("错过" in before.asks or _UNDONE.search(before.core)):
                other = _MISSED_REVIEW  # who was reviewed online had to go all the same
            own = Topic(
                entry=other,
                core=topic.core,
                sent_back=topic.sent_back,
                day=_the_day_after(query) or topic.day,
            )
            return FollowUp(own, fixed=True)
    if before.entry in _OF_A_PASS and _ALL_THE_SAME.match(query.text):  # 还要报名审核吗
        spoken = query.stages or before.stages
        return FollowUp(replace(before, core=f"{before.core} {topic.core}", stages=spoken), fixed=True)
    if before.entry in _OF_A_PASS and _A_YEAR_ON.match(query.text) and query.years:
        # 技能过了 明年还要考技能不 … 那后年呢
        own = Topic(entry=VALIDITY, core=before.core, year=query.years[0], passed=before.passed)
        return FollowUp(own, fixed=True)
    if before.entry in _OF_A_PASS and _REVIEWED_TOO.match(query.text):
        return FollowUp(Topic(entry=PASSED_BEFORE, core=topic.core, passed=before.passed), fixed=True)
    return None
