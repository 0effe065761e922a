"""Calls to the platform: wechatpy's client with our address, our token, time limits, and one kind of failure.

What wechatpy 2.0.0a26 would do by itself and what happens here instead: it asks /cgi-bin/token without a time limit (here
stable_token, shared by all processes through storage); it retries a refused token without end (here once); it hands an
answer that is no JSON back as a Response (here a failure); it sends everything to api.weixin.qq.com, some calls whatever
API_BASE_URL says (those are not used). Kept: the calls themselves, JSON as raw UTF-8, kept-alive connections.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from bot.observability import get_logger
from bot.storage.engine import StoreError
from bot.storage.tokens import Tokens
from bot.wechat.errors import TOKEN_CODES, SendError, Step, http_failed, refused

log = get_logger(__name__)

_CONNECTIONS = 64  # kept alive in one process, for as many threads
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Api(WeChatClient):  # type: ignore[misc]  # wechatpy ships no types
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
