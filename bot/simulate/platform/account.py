"""The calls about the account: tokens, tags, fans, the menu, quotas."""

from __future__ import annotations

from typing import Any

from bot.simulate.platform.world import Refusal, World

Body = dict[str, Any]
_PAGE = 10_000  # openids in one answer of user/get


def stable_token(world: World, body: Body) -> Body:
    """POST only, JSON."""
    _credentials(world, body)
    token, seconds = world.stable_token()
    return {"access_token": token, "expires_in": seconds}


def token(world: World, body: Body) -> Body:
    """The old way."""
    _credentials(world, body)
    return {"access_token": world.plain_token(), "expires_in": 7200}


def ticket(world: World, body: Body) -> Body:
    """ticket/getticket, type=jsapi."""
    if body.get("type") != "jsapi":
        raise Refusal(40097, "invalid args")
    found, seconds = world.ticket()
    return {"ticket": found, "expires_in": seconds}


def clear_quota(world: World, body: Body) -> Body:
    """clear_quota, with the AppID in the body."""
    if body.get("appid") != world.app_id:
        raise Refusal(40013, "invalid appid")
    world.clear_quota()
    return {}


def create_tag(world: World, body: Body) -> Body:
    """tags/create."""
    held = body.get("tag")
    name = held.get("name") if isinstance(held, dict) else None
    if not isinstance(name, str) or not name or len(name) > 30:
        raise Refusal(45158, "tag name is illegal or too long")
    if name in world.tags.values():
        raise Refusal(45157, "invalid tag name, exist")
    if len(world.tags) >= 100:
        raise Refusal(45056, "too many tag now, no need to add new")
    number = max([99, *world.tags]) + 1
    world.tags[number] = name
    return {"tag": {"id": number, "name": name}}


def get_tags(world: World, body: Body) -> Body:
    """tags/get."""
    counts = {number: sum(number in fan.tags for fan in world.fans.values()) for number in world.tags}
    return {"tags": [{"id": i, "name": name, "count": counts[i]} for i, name in world.tags.items()]}


def tag_members(world: World, body: Body) -> Body:
    """tags/members/batchtagging; at most 50, all or nothing."""
    number, openids = _members(world, body)
    for openid in openids:
        fan = world.fans[openid]
        if len(fan.tags | {number}) > 20:
            raise Refusal(45059, "user has too many tags")
        fan.tags.add(number)
    return {}


def untag_members(world: World, body: Body) -> Body:
    """tags/members/batchuntagging."""
    number, openids = _members(world, body)
    for openid in openids:
        world.fans[openid].tags.discard(number)
    return {}


def users(world: World, body: Body) -> Body:
    """user/get: those after next_openid, 10 000 at most; no "data" when there are none."""
    following = [openid for openid, fan in world.fans.items() if fan.follows]
    after = str(body.get("next_openid", ""))
    if after and after not in world.fans:
        raise Refusal(40003, "invalid openid")
    start = following.index(after) + 1 if after in following else 0
    page = following[start : start + _PAGE]
    answer: Body = {"total": len(following), "count": len(page)}
    if page:
        answer |= {"data": {"openid": page}, "next_openid": page[-1]}
    return answer | ({} if page else {"next_openid": ""})


def user(world: World, body: Body) -> Body:
    """user/info."""
    openid = str(body.get("openid", ""))
    fan = world.fan(openid)
    if not fan.follows:
        return {"subscribe": 0, "openid": openid}
    return {"subscribe": 1, "openid": openid, "language": "zh_CN", "tagid_list": sorted(fan.tags)}


def create_menu(world: World, body: Body) -> Body:
    """menu/create, within the platform's limits."""
    buttons = body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016, "invalid button size")
    for button in buttons:
        below = button.get("sub_button")
        _button(button, 16, (40018, 40019, 40020, 40017), leaf=not below)
        if below and len(below) > 5:
            raise Refusal(40023, "invalid sub button size")
        for child in below or ():
            _button(child, 60, (40025, 40026, 40027, 40024), leaf=True)
    world.menu = body
    return {}


def get_menu(world: World, body: Body) -> Body:
    """menu/get."""
    if world.menu is None:
        raise Refusal(46003, "menu no exist")
    return {"menu": world.menu}


def delete_menu(world: World, body: Body) -> Body:
    """menu/delete."""
    world.menu = None
    return {}


def _credentials(world: World, body: Body) -> None:
    if body.get("grant_type") != "client_credential":
        raise Refusal(40002, "invalid grant_type")
    if not body.get("appid"):
        raise Refusal(41002, "appid missing")
    if not body.get("secret"):
        raise Refusal(41004, "appsecret missing")
    if body["appid"] != world.app_id:
        raise Refusal(40013, "invalid appid")
    if body["secret"] != world.secret:
        raise Refusal(40125, "invalid appsecret")


def _members(world: World, body: Body) -> tuple[int, list[str]]:
    number, openids = body.get("tagid"), body.get("openid_list")
    if not isinstance(number, int) or number not in world.tags:
        raise Refusal(45159, "invalid tag id")
    if not isinstance(openids, list) or not 1 <= len(openids) <= 50:
        raise Refusal(40032, "invalid openid list size")
    if any(openid not in world.fans for openid in openids):
        raise Refusal(49003, "not match openid with appid")
    return number, openids


def _button(button: Body, most: int, codes: tuple[int, int, int, int], leaf: bool) -> None:
    name, key, url, kind = codes
    if not 1 <= len(str(button.get("name", "")).encode()) <= most:
        raise Refusal(name, "invalid button name size")
    if not leaf:
        return
    if button.get("type") == "click":
        if not 1 <= len(str(button.get("key", "")).encode()) <= 128:
            raise Refusal(key, "invalid button key size")
    elif button.get("type") == "view":
        if not 1 <= len(str(button.get("url", "")).encode()) <= 1024:
            raise Refusal(url, "invalid button url size")
    else:
        raise Refusal(kind, "invalid button type")
