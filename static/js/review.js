// A clerk who decides in seconds: one key decides, and the next paper, ready already, takes the place of this one.
import { onKeys, showHelp, toggleHelp } from "./keys.js";
import { viewer } from "./review-viewer.js";

const CALM = 400; // ms in which a new paper takes no decision: nobody has looked at it yet
const ALIVE = 4 * 60 * 1000; // between two signs that the paper is still open here
let desk, view, ahead, since, busy = false;

function begin() {
  desk = document.querySelector("[data-review]");
  view = viewer(desk);
  showHelp(desk);
  since = performance.now();
  setTimeout(() => { desk.dataset.ready = ""; }, CALM);
  for (const line of desk.querySelectorAll("[data-field]")) line.tabIndex = 0;
  ahead = desk.dataset.next ? prepare(desk.dataset.next) : null;
}

// ── the next paper, ready before it is asked for ─────────────────────────────────────────────────────────────
function prepare(address) {
  const url = new URL(address, location.href);
  const quietly = new URL(url);
  quietly.searchParams.set("ahead", "1");
  const page = fetch(quietly, { credentials: "same-origin" }).then(async (answer) => {
    if (!answer.ok || answer.redirected) throw new Error("not a paper");
    return taken(await answer.text());
  });
  page.catch(() => {});
  return { url: url.href, page };
}

/** The content of a page, its pictures loading already. */
async function taken(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = document.adoptNode(page.getElementById("content"));
  const first = main.querySelector("[data-viewer] img");
  if (first) {
    first.src = first.getAttribute("src"); // adopted, it begins to load
    if (first.decode) await first.decode().catch(() => {});
  }
  return { main, title: page.title };
}

function put({ main, title }) {
  document.getElementById("content").replaceWith(main);
  document.title = title;
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
  begin();
}

function tell(words) {
  const line = document.querySelector("[data-said]");
  if (line) line.textContent = words;
}

// ── deciding ─────────────────────────────────────────────────────────────────────────────────────────────────
async function decide(form) {
  if (busy) return;
  busy = true;
  desk.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new FormData(form), credentials: "same-origin", headers: { Accept: "application/json" },
    });
    if ((answer.headers.get("Content-Type") || "").startsWith("application/json")) await onwards(await answer.json());
    else if (answer.redirected) location.assign(answer.url); // signed out meanwhile
    else {
      put(await taken(await answer.text())); // refused: the same paper, and why
      const wrong = document.querySelector("[role=alert]");
      if (wrong) wrong.scrollIntoView({ block: "center" });
    }
  } catch (error) {
    form.submit(); // the browser says what is wrong with the line
  } finally {
    busy = false;
    desk.removeAttribute("aria-busy");
  }
}

async function onwards({ said, next, is_paper: isPaper, waiting }) {
  const url = new URL(next, location.href).href;
  const ready = isPaper && ahead && ahead.url === url ? await ahead.page.catch(() => null) : null;
  if (!ready) {
    if (said) sessionStorage.setItem("said", said);
    location.assign(url);
    return;
  }
  history.pushState(null, "", url);
  put(ready);
  tell(said);
  const count = document.querySelector(".desk > nav [aria-current=page] .num");
  if (count && waiting !== undefined) count.textContent = waiting;
  open();
}

/** It is on the screen: its owner may know, and colleagues. */
async function open() {
  const token = desk.querySelector("[name=csrfmiddlewaretoken]");
  if (!token || !("mayReview" in desk.dataset)) return;
  const here = desk;
  const headers = { "X-CSRFToken": token.value };
  const answer = await fetch(desk.dataset.open, { method: "POST", credentials: "same-origin", headers }).catch(() => null);
  if (!answer || !answer.ok || here !== desk) return;
  const { colleague } = await answer.json();
  const note = desk.querySelector("[data-colleague]");
  note.hidden = !colleague;
  if (colleague) note.querySelector("b").textContent = colleague;
}

const formOf = (key) => desk.querySelector(`form[data-deed="${key}"]`);
const isCalm = () => performance.now() - since > CALM;

function approve(event) {
  const form = formOf("a"), button = form && form.querySelector("button[type=submit]");
  if (!button || event.repeat || !isCalm()) return;
  // What a machine doubts is approved on purpose: the first press goes to the button, the second presses it.
  if ("doubtful" in desk.dataset && document.activeElement !== button) button.focus();
  else decide(form);
}

function back() {
  const panel = desk.querySelector("details.back");
  if (!panel) return;
  panel.open = true;
  panel.querySelector("input[type=checkbox]").focus();
}

function tick(number) {
  const panel = desk.querySelector("details.back[open]");
  const box = panel && panel.querySelectorAll("input[type=checkbox]")[number - 1];
  if (!box) return false;
  box.checked = !box.checked;
  box.focus();
}

function video() {
  const way = desk.querySelector("[data-video] details, [data-video] form");
  if (!way) return false;
  if (way.tagName === "DETAILS") way.open = true;
  way.scrollIntoView({ block: "center" });
  (way.querySelector("input:not([type=hidden]), textarea, select, form button") || way).focus();
}

function step(by) {
  const lines = [...desk.querySelectorAll("[data-field]")];
  const here = lines.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : lines.length - 1) : Math.min(lines.length - 1, Math.max(0, here + by));
  if (lines[next]) lines[next].focus();
}

const deeds = {
  a: approve,
  r: back,
  s: (event) => { const form = formOf("s"); if (form && !event.repeat && isCalm()) decide(form); },
  v: video,
  t: () => view.turn(), f: () => view.fit(), "+": () => view.in(), "=": () => view.in(), "-": () => view.out(),
  n: () => view.following(), p: () => view.previous(), b: () => view.older(),
  ArrowLeft: () => view.move(60, 0), ArrowRight: () => view.move(-60, 0),
  ArrowUp: () => view.move(0, 60), ArrowDown: () => view.move(0, -60),
  j: () => step(1), k: () => step(-1),
  q: () => location.assign(desk.dataset.queue),
  Enter: (event) => {
    const panel = desk.querySelector("details.back[open]");
    if (!panel || !event.target.matches("input[type=checkbox]")) return false;
    decide(formOf("r"));
  },
  Escape: () => { const panel = desk.querySelector("details.back[open]"); if (!panel) return false; panel.open = false; panel.querySelector("summary").focus(); },
  "?": toggleHelp,
};
for (let number = 1; number <= 9; number += 1) deeds[String(number)] = () => tick(number);

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-deed]");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  decide(form);
});
for (const kind of ["focusin", "mouseover"]) {
  document.addEventListener(kind, (event) => {
    const line = event.target.closest && event.target.closest("[data-field]");
    if (line) view.mark(line.dataset.field, line.dataset.page);
  });
}
window.addEventListener("popstate", () => location.reload());
setInterval(() => { if (!document.hidden) open(); }, ALIVE);

begin();
tell(sessionStorage.getItem("said") || "");
sessionStorage.removeItem("said");
onKeys(deeds);
