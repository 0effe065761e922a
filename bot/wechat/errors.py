"""What the platform's error codes mean for whoever sends: one table, code → step and meaning. Pure.

Source: 全局返回码 and the pages of the single calls; the last column of wechat's own tables says only what happened, never
what to do next. errmsg is never compared: its wording changes and it ends in a random rid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """What the caller does next."""

    RETRY = "retry"
    """Again with back-off. `uncertain` says whether it may have happened already."""
    RETRY_LATER = "retry_later"
    """Nothing happened; again in the next minute."""
    PAUSE = "pause"
    """Nothing happened; nothing more by this call until midnight, Asia/Shanghai."""
    NEXT_CHANNEL = "next_channel"
    """This candidate can't be reached this way now; another channel may do."""
    STOP_USER = "stop_user"
    """Nothing more to this candidate; `unsubscribed` says whether they left the account."""
    STOP_RUN = "stop_run"
    """A mistake of ours or of the account: every further call would fail alike. An operator must look."""
    DONE = "done"
    """It was done by an earlier call."""


class SendError(Exception):
    """The platform did not do it, or nobody knows whether it did.

    code: errcode, or None when no answer of the platform came (timeout, cut, HTML, HTTP error).
    rid: the platform's own name for this call, "" when it gave none; openapi/rid/get explains it for 7 days.
    uncertain: the action may have happened. Without a client_msg_id a repetition may then reach people twice.
    api: the call, as "message/template/send"; quotas are counted for each.
    """

    def __init__(
        self,
        message: str,
        code: int | None,
        step: Step,
        rid: str = "",
        uncertain: bool = False,
        api: str = "",
    ) -> None:
        """message: Chinese, for staff and the log; holds no token, no secret and no openid."""
        super().__init__(message)
        self.message, self.code, self.step = message, code, step
        self.rid, self.uncertain, self.api = rid, uncertain, api

    @property
    def unsubscribed(self) -> bool:
        """The candidate does not follow the account (any more)."""
        return self.code in UNSUBSCRIBED


@dataclass(frozen=True)
class Rule:
    """step: what to do. meaning: Chinese, for staff."""

    step: Step
    meaning: str


TOKEN_CODES = frozenset({40001, 40014, 42001})
"""From a call with a token: get the token again and try once more."""
UNSUBSCRIBED = frozenset({43004, 50005})
UNCERTAIN = frozenset({-1})
"""Codes after which the action may have happened all the same."""

UNKNOWN = Rule(Step.NEXT_CHANNEL, "平台拒绝了，没有说明的错误码")
"""A code nobody has described: refused, so not repeated; about one candidate or all, so the run goes on."""


def _rules() -> dict[int, Rule]:
    table: dict[Step, dict[tuple[int, ...], str]] = {
        Step.RETRY: {
            (-1,): "平台系统繁忙",
            (45169,): "同一个人的标签正在被别处修改",
            (45171,): "一部分 openid 没有处理成功",
            (268487001, 268487002): "平台的粉丝列表正忙",
        },
        Step.RETRY_LATER: {
            (45011,): "这一分钟的调用次数用完了",
            (45066,): "同一个 clientmsgid 在一分钟内提交了两次",
        },
        Step.PAUSE: {
            (45009,): "今天的调用次数用完了，零点恢复",
            (45028,): "群发的次数用完了，等下一个周期",
        },
        Step.NEXT_CHANNEL: {
            (43101,): "对方没有授权这条订阅通知，或授权已经用完",
            (45015,): "对方超过 48 小时没有说话，不能发客服消息",
            (45047,): "这次对话里能发的客服消息条数用完了",
            (70000,): "平台为保护未成年人拦下了这条消息",
        },
        Step.STOP_USER: {
            (40003,): "openid 不对，或是别的公众号的",
            (43004, 50005): "对方没有关注公众号",
            (48002,): "对方关闭了接收消息",
            (49003,): "这个 openid 不是本公众号的",
            (45059,): "这个人的标签已经有 20 个",
        },
        Step.DONE: {
            (45065,): "这个 clientmsgid 已经群发过",
            (46003,): "公众号还没有用接口建过菜单",
        },
        Step.STOP_RUN: {
            (40001, 40014, 42001): "access_token 换过一次仍然无效，请核对 WECHAT_APP_ID 和 WECHAT_APP_SECRET",
            (40002, 41002, 41004, 43002, 44002, 47001, 40033, 40035, 41030): "请求的写法不对，是程序的错误",
            (40013,): "AppID 不对，请核对 WECHAT_APP_ID",
            (40125,): "AppSecret 不对，请核对 WECHAT_APP_SECRET",
            (40164, 61004): "本机的 IP 不在公众平台的 IP 白名单里",
            (40243,): "AppSecret 被冻结了，请到公众平台解冻",
            (50004, 50007): "公众号没有使用接口的权限",
            (89503, 89506, 89507): "这个 IP 的调用要管理员在微信里确认，或被管理员拒绝了",
            (40031, 40032, 40130): "openid 列表太长、太短或不合法",
            (40036, 40037): "模板编号不对，请核对设置里的模板编号",
            (43104,): "这个 AppID 没有这项权限",
            (43116,): "模板被平台限制了",
            (40249,): "内容被平台判定为营销",
            (48001,): "公众号没有这个接口的权限（多半是没有认证，或不是服务号）",
            (48004, 50002): "公众号的接口被封禁或限制了",
            (45002,): "内容太长",
            (44004,): "内容是空的",
            (45008,): "图文条数超出限制",
            (47003,): "模板的某一项内容不合要求",
            (45067,): "clientmsgid 太长",
            (48006,): "本月的清零次数用完了",
            (45056,): "公众号的标签已经有 100 个",
            (45057,): "这个标签的粉丝超过 10 万，不能删除",
            (45058,): "不能修改平台保留的标签",
            (45157,): "标签名已经有了",
            (40050, 45159): "没有这个标签",
            (45158,): "标签名超过 30 个字符",
            (45113,): "群发里不能有卡券",
            (89504, 89505): "群发给所有人要管理员在微信里确认",
            (40016, 40022, 40023): "菜单的个数或层级超出限制",
            (40017, 40024): "菜单的类型不对",
            (40018, 40025): "菜单的名称太长",
            (40019, 40026): "菜单的键太长",
            (40020, 40027, 40054, 40055): "菜单的网址太长，或域名不对",
            (65303,): "还没有默认菜单，不能建个性化菜单",
        },
    }
    return {
        code: Rule(step, meaning)
        for step, rows in table.items()
        for codes, meaning in rows.items()
        for code in codes
    }


RULES = _rules()

_RID = re.compile(r"[ ,;]*\brid:\s*([0-9a-zA-Z-]+)|[ ,;]*\bhints?:\s*\[([^\]]*)\]")
_OPENID = re.compile(r"\bo[0-9A-Za-z_-]{27}\b")


def refused(code: int, errmsg: str, api: str) -> SendError:
    """The platform's errcode (not 0) as what to do; errmsg goes into the words without rid and openid."""
    rule = RULES.get(code, UNKNOWN)
    found = _RID.search(errmsg)
    said = _OPENID.sub("<openid>", _RID.sub("", errmsg)).strip()[:200]
    return SendError(
        f"{rule.meaning}（{code} {said}）" if said else f"{rule.meaning}（{code}）",
        code,
        rule.step,
        rid=next((part for part in found.groups() if part), "") if found else "",
        uncertain=code in UNCERTAIN,
        api=api,
    )


def http_failed(status: int, api: str) -> SendError:
    """An HTTP status that is no 200: a proxy, a wrong address, or the platform's front door in trouble."""
    if status >= 500 or status == 408:
        return SendError(f"平台回了 HTTP {status}", None, Step.RETRY, uncertain=True, api=api)
    if status == 429:
        return SendError("平台回了 HTTP 429，请求太快", None, Step.RETRY_LATER, api=api)
    return SendError(
        f"平台回了 HTTP {status}，多半是 WECHAT_API_BASE_URL 不对，或中间有代理", None, Step.STOP_RUN, api=api
    )
