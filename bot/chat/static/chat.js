// The chat page: draws the conversation, sends messages one after another, survives a bad network.
// Whatever a person or the bot wrote enters the page as text, never as markup.

const KEPT = 200; // messages a tab remembers
const PAUSE = 5 * 60_000; // ms of silence after which a time line is drawn, as WeChat does
const PATIENCE = 15_000; // ms before a try counts as lost
const TYPING = 350; // ms the dots stay at least: a shorter flash looks like a fault
const DAY = 24 * 3_600_000;

const $ = (id) => document.getElementById(id);
const [app, log, scroller, input] = ["app", "log", "scroll", "input"].map($);
const title = $("title").textContent;

// In a rehearsal the page lives at the rehearsed time too, so that its time lines fit what the answers say.
const skew = app.dataset.now ? Date.parse(app.dataset.now) - Date.now() : 0;
const now = () => Date.now() + skew;
const beijing = (at) => new Date(at + DAY / 3); // UTC+8 all year; to be read with the getUTC… methods

// ---- what is remembered ----
const memory = {}; // stands in where the browser allows no storage (private window, embedded view)

function recall(store, name) {
  try {
    return JSON.parse(window[store].getItem(`chat.${name}`));
  } catch {
    return memory[name] ?? null;
  }
}

function remember(store, name, value) {
  memory[name] = value;
  try {
    window[store].setItem(`chat.${name}`, JSON.stringify(value));
  } catch {
    // Full or forbidden: the page still works, it only forgets on reload.
  }
}

const hex = (byte) => byte.toString(16).padStart(2, "0");
const randomName = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join("");

let user = recall("localStorage", "user");
if (!/^[\w-]{1,64}$/.test(user ?? "")) remember("localStorage", "user", (user = randomName()));

let said = []; // {who, text, at} of both sides; mine also {send, key, state, why}, the bot's also {options, list}
const save = () => remember("sessionStorage", "said", (said = said.slice(-KEPT)));
const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

// ---- drawing ----
const LINK = /(?:https?:\/\/|www\.)[^\s<>"'`\\^{|}\u2018-\u201f\u3000-\u9fff\uff00-\uffef]+/;
const UNIT = /\d{1,2} ?月 ?\d{1,2} ?日(?: ?\d{1,2} ?时)?(?:截止)?|(?:还剩 ?)?\d{1,6} ?[年月日时分天元]/; // kept on one line
const WHOLE = new RegExp(`${LINK.source}|${UNIT.source}`, "gi");
const SOURCE = /^(来源|依据|出处|加到手机日历)[:：]|^https?:\/\/\S+$/;
const ITEM = /^((?:\d{1,2}(?:[、．)）]|\.(?!\d)| (?![年月日时分天元]))|[（(]\d{1,2}[)）]|[①-⑳•·●▪-])\s*)(\S.*)$/;

/** `line` into `parent`: text, and in a reply anchors (the full stop after a web address is not part of it). */
function drawLine(parent, line, reply) {
  let end = 0;
  for (const { 0: found, index } of reply ? line.matchAll(WHOLE) : []) {
    const link = /^(http|www)/i.test(found);
    const text = link ? found.replace(/[.,;:!?)\]]+$/, "") : found;
    const href = text.replace(/^www/i, "http://$&");
    const anchor = { textContent: text, href, target: "_blank", rel: "noopener noreferrer" };
    const node = link ? element("a", anchor) : element("span", { className: "whole", textContent: text });
    parent.append(line.slice(end, index), node);
    end = index + text.length;
  }
  parent.append(line.slice(end));
}

/** One block a line, so that "1." hangs left of its text and an empty line is half a line high. */
function drawWords(parent, text, reply) {
  for (const line of text.split(/\r\n?|\n/)) {
    const [, mark, rest] = line.match(ITEM) ?? [];
    const block = element("div", { className: mark ? "item" : SOURCE.test(line) ? "source" : "" });
    if (mark) block.append(element("span", { className: "mark", textContent: mark }));
    if (line.trim()) drawLine(block, rest ?? line, reply);
    else block.append(element("br", { className: "gap" }));
    parent.append(block);
  }
}

/** "10:05", "昨天 10:05", "4月6日 10:05", "2023年4月6日 10:05". */
function timeWords(at) {
  const [then, today] = [beijing(at), beijing(now())];
  const clock = then.toISOString().slice(11, 16);
  const ago = Math.floor(today / DAY) - Math.floor(then / DAY);
  if (ago === 0 || ago === 1) return ago ? `昨天 ${clock}` : clock;
  const year = then.getUTCFullYear() === today.getUTCFullYear() ? "" : `${then.getUTCFullYear()}年`;
  return `${year}${then.getUTCMonth() + 1}月${then.getUTCDate()}日 ${clock}`;
}

const rows = new WeakMap(); // my message -> its row, for the red mark
let lastAt = -Infinity;
let dots = null;
const add = (node) => log.insertBefore(node, dots); // above the dots, while there are any

function draw(message) {
  const mine = message.who === "me";
  const time = { className: "time", textContent: timeWords(message.at) };
  if (Math.abs(message.at - lastAt) > PAUSE) add(element("p", time));
  lastAt = message.at;
  const row = $(mine ? "from-me" : "from-bot").content.firstElementChild.cloneNode(true);
  drawWords(row.querySelector(".words"), message.text, !mine);
  if (mine) {
    rows.set(message, row);
    row.querySelector(".failed").addEventListener("click", () => enqueue(message));
    mark(message);
  } else if (message.options?.length) {
    const list = $("options").content.firstElementChild.cloneNode(true);
    list.dataset.list = message.list;
    const chip = { className: "chip", type: "button" };
    list.append(...message.options.map((it) => element("button", { ...chip, textContent: it.label, value: it.send })));
    row.querySelector(".said").append(list);
  }
  add(row);
  return row;
}

function mark(message) {
  const [button, why] = rows.get(message).querySelectorAll(".failed, .why");
  button.hidden = why.hidden = message.state !== "failed";
  why.textContent = message.why ?? "";
}
/** Down to the newest words, but never past the first line of a reply: a long one is read from its top. */
function showNewest(row) {
  const bottom = scroller.scrollHeight - scroller.clientHeight;
  scroller.scrollTop = row.matches(".bot") ? Math.min(bottom, row.offsetTop - 12) : bottom;
}

// A number picks from the list the bot showed last. So only the list of its newest reply, in whichever tab of this
// person, can be tapped, and only while nothing is under way.
function freshen() {
  const live = recall("localStorage", "list");
  for (const list of log.querySelectorAll(".options[data-list]")) {
    for (const chip of list.children) chip.disabled = busy || list.dataset.list !== live;
  }
}

function typing(on) {
  $("title").textContent = on ? "对方正在输入…" : title;
  dots?.remove();
  dots = on ? log.appendChild($("typing").content.firstElementChild.cloneNode(true)) : null;
  if (on) showNewest(log); // not a reply: to the very bottom
}

// ---- sending ----
const queue = [];
let busy = false;
let round = 0; // 清空 starts a new one; what comes back to an older one is dropped
let trying = null;

function say(text, send = text) {
  const message = { who: "me", text, send, at: now(), key: randomName() };
  said.push(message);
  draw(message);
  enqueue(message);
}

/** Also the second try of a message that failed: with the same key, so the bot hears it once. */
function enqueue(message) {
  Object.assign(message, { state: "sending", why: "" });
  mark(message);
  save();
  queue.push(message);
  showNewest(rows.get(message));
  if (!busy) drain();
}

async function drain() {
  busy = true;
  freshen();
  while (queue.length) {
    const [message, mine] = [queue.shift(), round];
    typing(true);
    const [answer] = await Promise.all([ask(message), new Promise((done) => setTimeout(done, TYPING))]);
    typing(false);
    if (mine === round) settle(message, answer);
  }
  busy = false;
  freshen();
}

/** The answer, or {error}; never throws. */
async function ask({ send, key }) {
  trying = new AbortController();
  const timer = setTimeout((lost) => lost.abort(), PATIENCE, trying);
  try {
    const response = await fetch(app.dataset.api, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user, text: send, key }),
      signal: trying.signal,
    });
    const answer = await response.json().catch(() => ({}));
    if (response.status === 429) return { error: "发得太快了，稍等一会儿再点红色感叹号重发。" };
    if (!response.ok) return { error: answer.error || "服务暂时不可用，请稍后点红色感叹号重发。" };
    return typeof answer.reply === "string" ? answer : { error: "没有收到完整的回答，点红色感叹号重发。" };
  } catch {
    return { error: "网络不通，消息没有送达，点红色感叹号重发。" };
  } finally {
    clearTimeout(timer);
  }
}

function settle(message, answer) {
  Object.assign(message, { state: answer.error ? "failed" : "sent", why: answer.error ?? "" });
  mark(message);
  if (answer.error) {
    remember("localStorage", "list", null); // it may have been heard: nobody knows which list a number picks from now
    showNewest(rows.get(message));
  } else if (answer.reply) {
    const reply = { who: "bot", text: answer.reply, at: now(), options: answer.options ?? [], list: message.key };
    remember("localStorage", "list", reply.list);
    said.push(reply);
    showNewest(draw(reply));
  }
  save();
}

// ---- hands ----
let composing = false; // an input method is choosing characters: Enter is its key, not ours

function fit() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
  $("send").disabled = !input.value.trim();
}

function submit(event) {
  event.preventDefault();
  if (composing) input.blur(); // a tap on 发送 takes the characters as they stand
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  fit();
  input.focus();
  say(text);
}

input.addEventListener("input", fit);
input.addEventListener("compositionstart", () => (composing = true));
input.addEventListener("compositionend", () => (composing = false));
input.addEventListener("keydown", (event) => {
  // Safari ends the composition before it reports the Enter that ended it, as key code 229.
  const choosing = composing || event.isComposing || event.keyCode === 229;
  if (event.key === "Enter" && !event.shiftKey && !choosing) submit(event);
});
$("composer").addEventListener("submit", submit);
log.addEventListener("click", ({ target }) => target.matches(".chip") && say(target.textContent, target.value));

let sure = 0; // 清空 asks once more, on its own face, for three seconds

function askSure(on) {
  clearTimeout(sure);
  sure = on ? setTimeout(askSure, 3000, false) : 0;
  $("clear").textContent = on ? "确定清空？" : "清空";
}

$("clear").addEventListener("click", () => {
  if (!sure) return askSure(true);
  askSure(false);
  round += 1;
  trying?.abort();
  queue.length = said.length = 0;
  save();
  lastAt = -Infinity;
  for (const drawn of [...log.children].slice(1)) drawn.remove(); // the welcome stays
});

// ---- the world around ----
const online = () => ($("offline").hidden = navigator.onLine);
for (const change of ["online", "offline"]) window.addEventListener(change, online);
window.addEventListener("storage", freshen);
const broken = () => ($("broken").hidden = false);
for (const fault of ["error", "unhandledrejection"]) window.addEventListener(fault, broken);

// iOS lays its keyboard over the page instead of making it smaller: take the height that is really visible.
const view = window.visualViewport ?? new EventTarget();
view.addEventListener("resize", () => {
  app.style.height = view.scale === 1 && window.innerHeight - view.height > 80 ? `${view.height}px` : "";
  window.scrollTo(0, 0);
});
let seen = scroller.clientHeight; // the keyboard takes its space from the top of the conversation, not from its end
new ResizeObserver(() => {
  scroller.scrollTop += Math.max(0, seen - scroller.clientHeight);
  seen = scroller.clientHeight;
}).observe(scroller);

const kept = recall("sessionStorage", "said");
said = Array.isArray(kept) ? kept.filter((message) => typeof message?.text === "string") : [];
log.setAttribute("aria-busy", "true"); // nobody wants the whole conversation read out again
said.forEach((message) => showNewest(draw(message)));
log.removeAttribute("aria-busy");
// Under way when the page went: sent again with its own key, so the answer is the one given the first time.
said.filter((message) => message.state === "sending").forEach(enqueue);
freshen();
online();
fit();
