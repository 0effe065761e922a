"""记录: who of staff did what, when."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from bot.console.parts import Console

SHOWN = 200


def create_blueprint(console: Console) -> Blueprint:
    """The audit log, newest first."""
    blueprint = Blueprint("history", __name__)

    @blueprint.get("/history")
    def page() -> str:
        quiet = request.args.get("all") != "1"
        acts = [act for act in console.staff.acts(SHOWN) if not (quiet and act.act in ("登录", "退出"))]
        return render_template("console/history.html", acts=acts, quiet=quiet)

    return blueprint
