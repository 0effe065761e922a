"""What this account may send by, and the way by which a candidate will therefore be told. Plain values. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.settings import Settings
from bot.wechat import template_fields

TEMPLATE, SUBSCRIBE, CUSTOM = "template", "subscribe", "custom"
TITLES = {TEMPLATE: "模板消息", SUBSCRIBE: "订阅通知", CUSTOM: "客服消息", "": "下次说话时告诉"}


@dataclass(frozen=True)
class Account:
    """channels: those the account has and the settings fill, in the order in which they are tried.

    templates: channel → template id · fields: channel → item → text with blanks (wechat/template_fields).
    grant_url: the page where candidates allow 订阅通知, "" where there is none · link: what a tap on a message opens.
    """

    channels: tuple[str, ...] = ()
    templates: dict[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    grant_url: str = ""
    public_url: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Account:
        """An account that can't call the platform (no AppSecret, or an individual's) has no channel at all."""
        public = (settings.bot_public_url or "").rstrip("/")
        if not (settings.wechat_app_id and settings.wechat_app_secret):
            return cls(public_url=public)
        written = {
            SUBSCRIBE: (settings.wechat_subscribe_template_id, settings.wechat_subscribe_template_fields),
            TEMPLATE: (settings.wechat_template_id, settings.wechat_template_fields),
        }
        usable = {name: pair for name, pair in written.items() if pair[0] and pair[1]}
        if settings.wechat_account != "service-certified":
            usable = {}
        channels = [*usable] + ([CUSTOM] if settings.wechat_account.endswith("-certified") else [])
        return cls(
            channels=tuple(channels),
            templates={name: str(pair[0]) for name, pair in usable.items()},
            fields={name: template_fields.parse(str(pair[1])) for name, pair in usable.items()},
            grant_url=f"{public}/subscribe" if public and SUBSCRIBE in usable else "",
            public_url=public,
        )

    def way(self, pushable: bool, credits: int) -> str:
        """One of dialogue.consent.WAYS: what may be promised to this candidate today, and no more."""
        if not pushable or not self.channels:
            return "later"
        if TEMPLATE in self.channels:
            return "push"
        if self.grant_url and not credits:
            return "grant"
        return "talk"
