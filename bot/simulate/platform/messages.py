"""The calls that reach people: template, subscribe, custom, mass."""

from __future__ import annotations

from typing import Any

from bot.simulate.platform.values import content
from bot.simulate.platform.world import Refusal, World

Body = dict[str, Any]


def template(world: World, body: Body) -> Body:
    """message/template/send; the same openid and client_msg_id within 10 minutes are answered, not sent."""
    openid, template_id = _receiver(body), _template_id(world, body)
    client_msg_id = str(body.get("client_msg_id", ""))
    fan = world.fan(openid)
    if not fan.follows:
        raise Refusal(43004, "require subscribe")
    items = content(body.get("data"))
    msgid = world.seen(openid, client_msg_id)
    if not msgid:
        msgid = world.new_id()
        if fan.blocks:
            world.tell(openid, _job_end("TEMPLATESENDJOBFINISH", msgid, "failed:user block"))
        else:
            world.deliver("template", openid, msgid, items, template_id, client_msg_id)
            world.tell(openid, _job_end("TEMPLATESENDJOBFINISH", msgid, "success"))
    return {"msgid": int(msgid)}


def subscribe(world: World, body: Body) -> Body:
    """message/subscribe/bizsend; one grant, one message."""
    openid, template_id = _receiver(body), _template_id(world, body)
    fan = world.fan(openid)
    items = content(body.get("data"))
    if fan.grants[template_id] < 1 or not fan.follows:
        raise Refusal(43101, "user refuse to accept the msg")
    fan.grants[template_id] -= 1
    msgid = world.new_id()
    code, status = (43004, "user block") if fan.blocks else (0, "success")
    if not code:
        world.deliver("subscribe", openid, msgid, items, template_id)
    world.tell(
        openid,
        "<Event><![CDATA[subscribe_msg_sent_event]]></Event><SubscribeMsgSentEvent><List>"
        f"<TemplateId><![CDATA[{template_id}]]></TemplateId><MsgID><![CDATA[{msgid}]]></MsgID>"
        f"<ErrorCode><![CDATA[{code}]]></ErrorCode><ErrorStatus><![CDATA[{status}]]></ErrorStatus>"
        "</List></SubscribeMsgSentEvent>",
    )
    return {"msgid": int(msgid)}


def custom(world: World, body: Body) -> Body:
    """message/custom/send, text only."""
    openid = _receiver(body)
    if body.get("msgtype") != "text":
        raise Refusal(40008, "invalid message type")
    text = _text(body)
    world.spend_window(openid)
    world.deliver("custom", openid, world.new_id(), {"text": text})
    return {}


def mass(world: World, body: Body) -> Body:
    """message/mass/sendall; the job is over at once, and its end is told as on the platform."""
    chosen = body.get("filter")
    if not isinstance(chosen, dict):
        raise Refusal(40035, "invalid parameter")
    if body.get("msgtype") != "text":
        raise Refusal(40008, "invalid message type")
    text, client_msg_id = _text(body), str(body.get("clientmsgid", ""))
    if len(client_msg_id.encode()) > 32:
        raise Refusal(45067, "clientmsgid size out of limit")
    tag = chosen.get("tag_id")
    if not chosen.get("is_to_all") and tag not in world.tags:
        raise Refusal(40050, "invalid tag id")
    world.seen_mass(client_msg_id)
    world.count("mass")
    meant = [
        openid
        for openid, fan in world.fans.items()
        if fan.follows and (chosen.get("is_to_all") or tag in fan.tags)
    ]
    msgid = world.new_id()
    sent = [openid for openid in meant if world.mass_left(openid)]
    for openid in sent:
        world.deliver("mass", openid, msgid, {"text": text}, client_msg_id="")
    world.keep_mass(client_msg_id, msgid)
    end = _job_end("MASSSENDJOBFINISH", msgid, "send success")
    counts = {"TotalCount": len(meant), "FilterCount": len(sent), "SentCount": len(sent), "ErrorCount": 0}
    world.tell("oPlatformMassSender000000000", end + "".join(f"<{n}>{v}</{n}>" for n, v in counts.items()))
    return {"errmsg": "send job submission success", "msg_id": int(msgid), "msg_data_id": int(msgid) + 1}


def _receiver(body: Body) -> str:
    openid = body.get("touser")
    if not isinstance(openid, str) or not openid:
        raise Refusal(40003, "invalid openid")
    return openid


def _template_id(world: World, body: Body) -> str:
    found = body.get("template_id")
    if not isinstance(found, str) or not found or (world.templates and found not in world.templates):
        raise Refusal(40037, "invalid template_id")
    return found


def _text(body: Body) -> str:
    held = body.get("text")
    text = held.get("content") if isinstance(held, dict) else None
    if not isinstance(text, str) or not text:
        raise Refusal(44004, "empty content")
    if len(text.encode()) > 2048:
        raise Refusal(45002, "content size out of limit")
    return text


def _job_end(event: str, msgid: str, status: str) -> str:
    return f"<Event><![CDATA[{event}]]></Event><MsgID>{msgid}</MsgID><Status><![CDATA[{status}]]></Status>"
