"""Calls to the platform: wechatpy's client with our address, our token, time limits, and one kind of failure.

What wechatpy 2.0.0a26 would do by itself and what happens here instead: it asks /cgi-bin/token without a time limit (here
stable_token, shared by all processes through storage); it retries a refused token without end (here once); it hands an
answer that is no JSON back as a Response (here a failure); it sends everything to api.weixin.qq.com, some calls whatever
API_BASE_URL says (those are not used). Kept: the calls themselves, JSON as raw UTF-8, kept-alive connections.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from bot.observability import get_logger
from bot.settings import Settings, SettingsError
from bot.storage.engine import StoreError
from bot.storage.store import Store
from bot.storage.tokens import Tokens
from bot.wechat.errors import TOKEN_CODES, SendError, Step, http_failed, refused

log = get_logger(__name__)

TIMEOUT_SECONDS = (3.0, 8.0)  # to connect, between two bytes; a token's lease outlives both
TAGGED_AT_ONCE = 50  # openids in one call
_CONNECTIONS = 64  # kept alive in one process, for as many threads
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


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
        self._api = _Api(app_id, secret, base_url, tokens, timeout)

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


class _Api(WeChatClient):  # type: ignore[misc]  # wechatpy ships no types
    """Every call of wechatpy's own methods ends in `_request`, so all that differs is there."""

    def __init__(
        self, app_id: str, secret: str, base_url: str, tokens: Tokens, timeout: tuple[float, float]
    ) -> None:
        self.API_BASE_URL = f"{base_url.rstrip('/')}/cgi-bin/"
        super().__init__(app_id, secret, timeout=timeout, auto_retry=False)
        self._tokens = tokens
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=_CONNECTIONS))
        self._http.max_redirects = 0  # followed, a POST would come out as a GET
        self._http.headers["Content-Type"] = "application/json; charset=utf-8"
        # A stand-in on this machine is never behind the proxy that the environment may name.
        self._http.trust_env = urlsplit(base_url).hostname not in _LOOPBACK

    def close(self) -> None:
        self._http.close()

    def ticket(self) -> str:
        def fetch() -> tuple[str, float]:
            found = self.get("ticket/getticket", params={"type": "jsapi"}, result_processor=_lent("ticket"))
            return cast(tuple[str, float], found)

        return self._kept("jsapi_ticket", fetch, 0)[0]

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """One call, and one more when the token was refused. Raises SendError."""
        api = url_or_endpoint
        token, version = self._kept("access_token", self._fetch, 0)
        try:
            return self._once(method, api, token, **kwargs)
        except SendError as error:
            if error.code not in TOKEN_CODES:
                _note(error)
                raise
        token, _ = self._kept("access_token", self._fetch, version)
        try:
            return self._once(method, api, token, **kwargs)
        except SendError as error:
            _note(error)
            raise

    def _kept(self, name: str, fetch: Callable[[], tuple[str, float]], stale: int) -> tuple[str, int]:
        try:
            kept = self._tokens.get(f"{name} {self.appid}", fetch, stale)
        except StoreError as error:
            away = SendError(f"数据库打不开，拿不到 {name}：{error}", None, Step.RETRY, api=name)
            _note(away)
            raise away from None
        return kept.value, kept.version

    def _fetch(self) -> tuple[str, float]:
        body = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
            "force_refresh": False,
        }
        try:
            found = self._once(
                "post", "stable_token", None, data=body, result_processor=_lent("access_token")
            )
        except SendError as error:
            error.uncertain = False  # the token is all that was asked for; the call itself never went out
            _note(error)
            raise
        return cast(tuple[str, float], found)

    def _once(self, method: str, api: str, token: str | None, **kwargs: Any) -> Any:
        """One exchange. A repeated clientmsgid that brings the first one's msg_id is as good as new.

        No exception of requests is shown or chained: its words hold the address, and the address the token.
        """
        # Text, not a dict: wechatpy would add a token of its own to a dict without one.
        query = kwargs.pop("params", {})
        params = {**query, "access_token": token} if token is not None else ""
        read = kwargs.pop("result_processor", None)
        try:
            found = super()._request(method, api, params=params, **kwargs)
            if not isinstance(found, dict):  # no JSON (wechatpy hands the Response back), or no object
                raise _garbled(api)
            if api.startswith("message/") and "errcode" not in found:
                raise _garbled(api)  # only calls that fetch leave errcode 0 out: somebody else's JSON
            return read(found) if read else found
        except WeChatClientException as error:
            if error.errcode is None:
                raise http_failed(error.response.status_code, api) from None
            body = _body(error.response)
            if error.errcode in (45065, 45066) and read and body.get("msg_id"):
                return read(body)
            raise refused(int(error.errcode), str(error.errmsg), api) from None
        except requests.ConnectTimeout:
            raise SendError("连不上平台（超时）", None, Step.RETRY, api=api) from None
        except requests.TooManyRedirects:
            raise http_failed(302, api) from None
        except requests.RequestException as error:
            raise _broken(error, api) from None
        except (AttributeError, KeyError, TypeError, ValueError):  # a field is missing, errcode is no number
            raise _garbled(api) from None


def _lent(name: str) -> Callable[[dict[str, Any]], tuple[str, float]]:
    """Reads what is good for some time: (value, seconds)."""
    return lambda found: (str(found[name]), float(found["expires_in"]))


def _broken(error: requests.RequestException, api: str) -> SendError:
    """No whole answer came. Sure that nothing went out only when there never was a connection."""
    cause = error.args[0] if error.args else None
    cause = getattr(cause, "reason", cause)  # urllib3's MaxRetryError around the one try there was
    name = type(cause or error).__name__
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in repr(cause):
        return SendError("平台的证书不可信，中间可能有代理", None, Step.STOP_RUN, api=api)
    if isinstance(error, requests.exceptions.ProxyError) or isinstance(cause, NewConnectionError):
        return SendError(f"连不上平台（{name}）", None, Step.RETRY, api=api)
    return SendError(f"平台没有回完（{name}）", None, Step.RETRY, uncertain=True, api=api)


def _garbled(api: str) -> SendError:
    return SendError("平台的回答不是完整的 JSON", None, Step.RETRY, uncertain=True, api=api)


def _body(response: Any) -> dict[str, Any]:
    found = json.loads(response.content.decode("utf-8", "ignore"), strict=False)
    return found if isinstance(found, dict) else {}


def _values(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {key: {"value": value} for key, value in data.items()}


def _note(error: SendError) -> None:
    personal = error.step in (Step.NEXT_CHANNEL, Step.STOP_USER, Step.DONE)
    (log.info if personal else log.warning)(
        "platform_refused",
        api=error.api,
        code=error.code,
        step=error.step.value,
        rid=error.rid,
        uncertain=error.uncertain,
        reason=error.message,
    )
