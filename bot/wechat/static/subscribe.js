// What /subscribe shows: the platform's button where it works, and a sentence where it doesn't.
"use strict";

(() => {
  const page = document.getElementById("page");
  const button = document.getElementById("button");
  const told = ["done", "refused", "outside", "old", "failed"];
  let allowed = 0;

  function say(name) {
    for (const other of told) document.getElementById(other).hidden = other !== name;
  }

  // Android and iOS write the details differently, as text or as an object; the word is the same.
  function accepted(details) {
    return /accept/.test(typeof details === "string" ? details : JSON.stringify(details ?? ""));
  }

  if (!page.dataset.signature) return; // the server has said why
  if (!/MicroMessenger/i.test(navigator.userAgent)) return say("outside");
  if (!window.wx) return say("failed");

  document.getElementById("allow").hidden = false;
  document.addEventListener("WeixinOpenTagsError", () => say("old"));
  button.addEventListener("success", (event) => {
    if (!accepted(event.detail && event.detail.subscribeDetails)) return say("refused");
    allowed += 1;
    document.getElementById("count").textContent = String(allowed);
    say("done");
  });
  button.addEventListener("error", () => say("failed"));
  window.wx.error(() => say("failed"));
  window.wx.config({
    debug: false,
    appId: page.dataset.appId,
    timestamp: Number(page.dataset.timestamp),
    nonceStr: page.dataset.nonce,
    signature: page.dataset.signature,
    jsApiList: ["closeWindow"],
    openTagList: ["wx-open-subscribe"],
  });
})();
