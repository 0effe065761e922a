"""What the product asks of the platform, in its own words; how a call is made is in wechat/api."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from bot.settings import Settings, SettingsError
from bot.storage.store import Store
from bot.storage.tokens import Tokens
from bot.wechat.api import Api
from bot.wechat.errors import SendError

TIMEOUT_SECONDS = (3.0, 8.0)  # to connect, between two bytes; a token's lease outlives both
TAGGED_AT_ONCE = 50  # openids in one call


class Client:
    """One account's side of the API. Safe for threads. Every method raises SendError, and nothing else."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        base_url: str,
        tokens: Tokens,
        timeout: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        """base_url: scheme, host and port. timeout: seconds to connect, and between two bytes of the answer."""
        self._api = Api(app_id, secret, base_url, tokens, timeout)

    def send_template(
        self, openid: str, template_id: str, data: Mapping[str, str], url: str = "", client_msg_id: str = ""
    ) -> str:
        """Template message → msgid, which TEMPLATESENDJOBFINISH will name.

        Args:
            data: key of the template ("thing1") → text, within wechat/template_fields' limits.
            url: opened by a tap; "" for none.
            client_msg_id: the same openid and id within 10 minutes are sent once. Always give one.
        """
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": _values(data)}
        if url:
            body["url"] = url
        if client_msg_id:
            body["client_msg_id"] = client_msg_id
        return str(self._api.post("message/template/send", data=body).get("msgid", ""))

    def send_subscribe(self, openid: str, template_id: str, data: Mapping[str, str], page: str = "") -> str:
        """订阅通知 → msgid, "" when the platform names none; costs one grant. page: opened by a tap; "" for none."""
        sent = self._api.message.send_subscribe_message(openid, template_id, _values(data), page=page or None)
        return str(sent.get("msgid", ""))

    def send_custom_text(self, openid: str, text: str) -> None:
        """客服消息; text: at most 2048 bytes, not empty. Has no key against repetition."""
        self._api.message.send_text(openid, text)

    def mass_by_tag(self, tag_id: int, text: str, clientmsgid: str) -> str:
        """Mass message to a tag → msg_id, which MASSSENDJOBFINISH will name; submitted, not yet sent.

        clientmsgid: at most 32 bytes; the same one within 24 hours gives the first one's msg_id.
        """
        body = {
            "filter": {"is_to_all": False, "tag_id": tag_id},
            "msgtype": "text",
            "text": {"content": text},
            "clientmsgid": clientmsgid,
        }
        return str(self._api.post("message/mass/sendall", data=body, result_processor=itemgetter("msg_id")))

    def create_menu(self, menu: Mapping[str, Any]) -> None:
        """Replaces the account's menu; menu: {"button": […]} as the platform wants it. Phones show it within 5 minutes."""
        self._api.menu.create(dict(menu))

    def get_menu(self) -> dict[str, Any] | None:
        """What the platform holds, with "menu" on top; None when no menu was ever made by API."""
        try:
            return cast(dict[str, Any], self._api.get("menu/get"))
        except SendError as error:
            if error.code == 46003:
                return None
            raise

    def create_tag(self, name: str) -> int:
        """The id of the new tag; name: at most 30 characters. 45157: there is one of that name."""
        body = {"tag": {"name": name}}
        found = self._api.post(
            "tags/create", data=body, result_processor=lambda found: int(found["tag"]["id"])
        )
        return cast(int, found)

    def tags(self) -> dict[str, int]:
        """Name → id."""

        def read(found: dict[str, Any]) -> dict[str, int]:
            return {str(tag["name"]): int(tag["id"]) for tag in found["tags"]}

        return cast(dict[str, int], self._api.get("tags/get", result_processor=read))

    def tag_users(self, tag_id: int, openids: Sequence[str]) -> None:
        """Put the tag on all of them, 50 a call; repeating it is harmless."""
        for start in range(0, len(openids), TAGGED_AT_ONCE):
            self._api.tag.tag_user(tag_id, list(openids[start : start + TAGGED_AT_ONCE]))

    def untag_users(self, tag_id: int, openids: Sequence[str]) -> None:
        """Take the tag off all of them, 50 a call."""
        for start in range(0, len(openids), TAGGED_AT_ONCE):
            self._api.tag.untag_user(tag_id, list(openids[start : start + TAGGED_AT_ONCE]))

    def followers(self) -> Iterator[str]:
        """Every openid that follows, 10 000 a call."""

        def read(page: dict[str, Any]) -> tuple[list[str], str]:
            found = [str(openid) for openid in (page.get("data") or {}).get("openid", ())]
            # The last page may name its last openid as the next one, or nothing; either way no page follows an empty one.
            return found, str(page.get("next_openid") or "") if found else ""

        cursor = ""
        while True:
            params = {"next_openid": cursor} if cursor else {}
            found, cursor = self._api.get("user/get", params=params, result_processor=read)
            yield from found
            if not cursor:
                return

    def follows(self, openid: str) -> bool:
        """Whether this one follows now."""
        return bool(self._api.user.get(openid).get("subscribe"))

    def jsapi_ticket(self) -> str:
        """For the signature of a page; shared and kept like the token."""
        return self._api.ticket()

    def close(self) -> None:
        """Give the connections back."""
        self._api.close()


def client_of(settings: Settings, store: Store) -> Client:
    """The client of the configured account.

    Raises:
        SettingsError: WECHAT_APP_ID or WECHAT_APP_SECRET is missing.
    """
    if not settings.wechat_app_id or not settings.wechat_app_secret:
        raise SettingsError("要调用平台的接口，先设 WECHAT_APP_ID 和 WECHAT_APP_SECRET。")
    return Client(
        settings.wechat_app_id, settings.wechat_app_secret, settings.wechat_api_base_url, Tokens(store)
    )


def _values(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {key: {"value": value} for key, value in data.items()}
