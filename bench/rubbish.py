"""What the fuzzing throws: texts, bodies, events, envelopes, queries, headers, paths and forms, as hypothesis strategies."""

from __future__ import annotations

import base64
import json
import secrets
import struct
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import strategies as st

from bot.simulate import wire

# What questions are made of, so that chance gets past "not understood".
WORDS = (
    "四川", "重庆", "成都", "那", "呢", "技能", "笔试", "一试", "二试", "报名", "缴费", "审核", "几号", "截止", "还能", "吗", "不是", "是",
    "改", "地区", "订阅", "退订", "清除我的数据", "继续", "1", "2", "九", "2024年", "今年", "去年", "4月5号", "下周三", "24时", "和", "或者",
    "现役", "免试", "baoming", "jiaofei", "{网上报名}", "【身份证号】", "510104199001011234", "13800138000", "\u202e", "\ud7ff", "😀", "\n", "，", "?",
)  # fmt: skip
KINDS = (
    "text",
    "image",
    "voice",
    "video",
    "shortvideo",
    "location",
    "link",
    "event",
    "file",
    "miniprogrampage",
    "TEXT",
    " ",
    "hardware",
)
EVENTS = (
    "subscribe", "unsubscribe", "SCAN", "LOCATION", "CLICK", "VIEW", "view_miniprogram", "scancode_push", "scancode_waitmsg",
    "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select", "TEMPLATESENDJOBFINISH", "MASSSENDJOBFINISH",
    "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event", "user_authorization_revoke",
    "user_authorization_cancellation", "kf_create_session", "kf_close_session", "qualification_verify_success", "user_info_modified",
    "subscribe_scan_product", "wifi_connected", "card_pass_user_check", "never_heard_of",
)  # fmt: skip
TAGS = (
    "ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId", "Event", "EventKey", "Encrypt", "Recognition", "MediaId",
    "MsgID", "Status", "OpenID", "Ticket", "Latitude", "Label", "ScanCodeInfo", "ScanResult", "SubscribeMsgPopupEvent",
    "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent", "List", "TemplateId", "SubscribeStatusString", "PopupScene", "ErrorStatus",
    "ErrorCode", "TotalCount", "SentCount", "ErrorCount", "FilterCount", "CopyrightCheckResult", "x", "",
)  # fmt: skip
PATHS = ("/calendar/四川.ics", "/calendar/sichuan.ics", "/calendar/", "/chat", "/chat/static/chat.js", "/healthz", "/readyz", "/metrics",
    "/wechat", "/subscribe", "/console/", "/console/login", "/console/today", "/console/knowledge", "/api/messages", "/")  # fmt: skip

text = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=12).map("".join),
    st.text(max_size=200),
    st.tuples(st.sampled_from(WORDS), st.integers(1, 3000)).map(lambda pair: pair[0] * pair[1]),
)
value = st.one_of(
    text,
    st.integers().map(str),
    st.sampled_from(
        ("accept", "reject", "success", "failed:user block", "send success", "oFuzz", "0", "-1", "1700000000")
    ),
    st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")),
)
FORMS = ("<{0}>{1}</{0}>", "<{0}><![CDATA[{1}]]></{0}>", "<{0}>{1}", "<{0}/>", "<{0} a='{1}'/>")
leaf = st.tuples(st.sampled_from(TAGS), value, st.sampled_from(FORMS)).map(
    lambda parts: parts[2].format(parts[0], parts[1])
)
element = st.recursive(
    leaf,
    lambda inner: st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=4)).map(
        lambda parts: f"<{parts[0]}>{''.join(parts[1])}</{parts[0]}>"
    ),
    max_leaves=6,
)


def _raw(xml: str) -> bytes:
    return xml.encode("utf-8", "surrogatepass")


def _push(kind: str, event: str, fields: dict[str, str], more: list[str]) -> bytes:
    """A push as the platform words it, of any kind, with whatever values and elements besides."""
    given = {"ToUserName": wire.ACCOUNT, "FromUserName": "oFuzz", "CreateTime": "1700000000", "MsgType": kind}
    if kind == "event":
        given["Event"] = event
    given |= fields
    inside = "".join(f"<{name}><![CDATA[{told}]]></{name}>" for name, told in given.items() if name)
    return _raw(f"<xml>{inside}{''.join(more)}</xml>")


push = st.builds(
    _push,
    st.sampled_from(KINDS),
    st.sampled_from(EVENTS),
    st.dictionaries(st.sampled_from(TAGS), value, max_size=5),
    st.lists(element, max_size=4),
)
body = st.one_of(
    st.binary(max_size=400),
    push,
    push,
    st.lists(element, max_size=10).map(lambda parts: _raw(f"<xml>{''.join(parts)}</xml>")),
    st.tuples(st.sampled_from(tuple(wire.KINDS)), text, st.integers(0, 30)).map(
        lambda told: _raw(wire.Push(told[0], told[1], f"oFuzz{told[2]}", 1700000000, told[2]).xml)
    ),
    st.sampled_from((
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>',
        b'<?xml version="1.0" encoding="utf-7"?><xml/>', b'<?xml version="1.0" encoding="gbk"?><xml><Content>\xc4\xe3</Content></xml>',
        b"<xml>" * 5000, b"<xml>" + b"<a>" * 3000, b"\xff\xfe<\x00x\x00", b"\xef\xbb\xbf<xml/>", b"", b"<xml/>", b"<xml>" + b"x" * 70_000,
    )),
)  # fmt: skip


def sealed(key: str, plain: bytes, whole: bool) -> str:
    """Base64 of what decrypts to `plain`; whole: with nothing of the envelope (random, length, AppID) around it."""
    if not whole:
        plain = secrets.token_bytes(16) + struct.pack(">I", len(plain)) + plain
    missing = 32 - len(plain) % 32
    raw = base64.b64decode(key + "=")
    encryptor = Cipher(AES(raw), CBC(raw[:16])).encryptor()
    return base64.b64encode(
        encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()
    ).decode()


def envelopes(key: str) -> st.SearchStrategy[str]:
    """What stands in <Encrypt>: rubbish, or rightly encrypted rubbish with lengths and AppIDs that lie."""
    lying = st.tuples(
        st.binary(min_size=16, max_size=16), st.integers(0, 2**32 - 1), st.binary(max_size=200)
    ).map(lambda parts: parts[0] + struct.pack(">I", parts[1]) + parts[2])
    return st.one_of(
        st.text(max_size=100),
        st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()),
        st.tuples(st.one_of(st.binary(max_size=100), lying), st.booleans()).map(
            lambda told: sealed(key, *told)
        ),
    )


word = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.sampled_from(("", "0", "\x00", "a" * 5000, "%00", "../../etc/passwd")),
)
query = st.dictionaries(
    st.sampled_from(
        ("signature", "timestamp", "nonce", "echostr", "msg_signature", "encrypt_type", "openid", "next", "x")
    ),
    word,
    max_size=8,
)
# As WSGI hands them over: latin-1, no line breaks, which no server lets through.
line = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)
headers = st.dictionaries(
    st.sampled_from((
        "Content-Type", "Content-Length", "Host", "Cookie", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Accept", "Range",
        "If-None-Match", "If-Modified-Since", "Authorization", "Origin", "Referer", "User-Agent", "Accept-Language", "Transfer-Encoding",
    )),
    st.one_of(line, st.sampled_from((
        "-1", "0", "9" * 30, "1e9", "chunked", "application/json", "application/json; charset=utf-7", "text/xml; charset=nonsense",
        "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "bytes=0-,5-", "a=b; session=x",
        "127.0.0.1, " * 200, "https", "[::1", "a" * 3000, "*", 'W/"', "Basic :",
    ))),
    max_size=5,
)  # fmt: skip
path = st.one_of(
    st.sampled_from(PATHS),
    word.map(lambda name: f"/calendar/{name}.ics"),
    word.map(lambda name: f"/calendar/{name}"),
    word.map(lambda name: f"/console/{name}"),
    st.lists(word, max_size=4).map(lambda parts: "/" + "/".join(parts)),
)
form = st.dictionaries(
    st.sampled_from(("name", "password", "csrf_token", "next", "title", "note", "x")), word, max_size=6
)
plain_json: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), text),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
message = st.one_of(
    st.binary(max_size=300),
    st.dictionaries(st.sampled_from(("user", "text", "key", "id", "kind", "x")), st.one_of(value, plain_json)).map(
        lambda fields: json.dumps(fields).encode()
    ),
    plain_json.map(lambda whole: json.dumps(whole).encode()),
    st.sampled_from((b"[" * 30_000, b"{" * 3, b'{"user":"a","text":"\\ud800"}', b'{"user":"a","text":"\\u0000"}', b'\xef\xbb\xbf{}', b"NaN", b"1e999")),
)  # fmt: skip

_METHODS = (b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT", b"get", b"", b"G\x00T")
_LINES = (
    b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999999999999", b"Content-Length: abc", b"Content-Length: +5",
    b"Content-Length: 5\r\nContent-Length: 6", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 4",
    b"Transfer-Encoding: xchunked", b"Host: a\r\nHost: b", b"Expect: 100-continue", b"Expect: nonsense", b"X: " + b"a" * 20_000,
    b"no colon", b": no name", b"X:\x00", b" folded: x", b"Connection: upgrade\r\nUpgrade: h2c", b"Content-Encoding: gzip",
)  # fmt: skip
raw_request = st.builds(
    lambda method, target, version, lines, ending, rest: (
        method + b" " + target + b" " + version + b"\r\n" + b"".join(one + b"\r\n" for one in lines) + ending + rest
    ),
    st.sampled_from(_METHODS),
    st.one_of(st.sampled_from((b"/wechat", b"/api/messages", b"/chat", b"*", b"http://a/chat", b"/" + b"a" * 9000, b"//", b"/%", b"/\xff")), st.binary(max_size=20)),
    st.sampled_from((b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2", b"HTTP/9.9", b"", b"XTTP/1.1")),
    st.lists(st.one_of(st.sampled_from(_LINES), st.binary(max_size=30)), max_size=4),
    st.sampled_from((b"\r\n", b"\n", b"")),
    st.one_of(st.binary(max_size=100), st.sampled_from((b"5\r\nhello\r\n0\r\n\r\n", b"FFFFFFFFFFFFFFFFF\r\n", b"-1\r\n", b"0\r\nX: y\r\n"))),
)  # fmt: skip
