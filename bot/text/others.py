"""Other people's certificates and fees: 护士证什么时候报名 and 物业费怎么交 ask the same as ours do, but not of ours. Pure.

Ours are few and known, the others are without number: so a certificate or fee is another's by the word before 证 or 费, and
the lists here hold what may stand there all the same.
"""

from __future__ import annotations

import re

_WORD = r"[^\W\d_]"
_ASKED = (
    r"(?:什么时候|啥时候|啥前儿|何时|几时|几号|几月|哪天|好久|怎么报|咋报|咋个报|如何报|在哪报|报得|多少钱)"
)
# A certificate that is asked for as one asks for an exam: by the exam's name, its registration, its fee or its date.
_CERTIFICATE = re.compile(
    rf"({_WORD}{{2,6}}证)(?:书)?(?:的|是|要|今年|明年|还|能|可以)*(?:资格|考试|报名|报考|网报|缴费|交费|年审|{_ASKED})"
)
_OUR_CERTIFICATES = re.compile(
    r"(?:考|身份|准考|毕业|学位|学历|资格|执业|医师|医生|助理|合格|通行|回乡|居住|工作|保|认|验|查|公|签|凭|领|拿|取|办|发|补|换"
    r"|有|没|无|传|带|交|出|本|张|个|种|这个|那个|哪个|哪些|什么|啥|的)证$"
)
_OTHER_DOCTORS = re.compile(
    r"(?:护士|药师|药士|兽医|教师|律师|会计|技师|护师|康复|驾驶|导游|乡村医生|行医|师承|专长)(?:资格|执业|从业)?证$"
)
# A fee by its name: 资料费, 会费. What a fee of ours may be called ends in one of these.
_FEE = re.compile(rf"({_WORD}{{1,4}}?费)(?!用|钱|标准|劲|力|事|心|时|了|好|尽|神|解)")
_OUR_FEES = re.compile(
    r"(?:考试|考务|报名|报考|考|网报|技能|操作|实操|实践|综合|笔试|机考|理论|试|执医|医师|助理|执业|审核|缴|交|收|付|退|扣|补|代|续|免|经|浪|花|消|白"
    r"|的|那|这|个|种|笔|次|道|份|门|些|什么|啥|啥子|多少|要|没|不|了|过|完|给|把|和|跟|报|掏|为|上|错|但|但是|可是|就是|只是|不过|然后|好|成|到|晚|迟|早|漏|重|着|得|去|起|动|再|先|都|该|能|用|上的|科|临床|口腔|中医|公卫|现场|网上|线上)费$"
)


def other_certificate(text: str) -> str | None:
    """The certificate `text` asks the exam, registration, fee or date of, when it is not ours; else None."""
    for found in _CERTIFICATE.finditer(text):
        name = found[1]
        if _OTHER_DOCTORS.search(name) or not _OUR_CERTIFICATES.search(name):
            return name
    return None


def other_fee(text: str) -> str | None:
    """A fee in `text` that has a name of its own, 物业费; None for ours and for 缴费, 免费 and the like."""
    return next((found[1] for found in _FEE.finditer(text) if not _OUR_FEES.search(found[1])), None)
