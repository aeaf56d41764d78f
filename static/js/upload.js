// Files are brought at once and in pieces, so that a lost connection costs one piece and a form never loses a file.
// Any <input type=file data-upload="…/uploads/" data-sort="…"> of a form. The form then posts their keys as `held`
// instead of the files; data-most="…" data-most-said="…" where a form takes fewer than ten. Who wants to know hears
// "uploads" on the form: detail is the state of all, in their order. A script that sends the form itself says
// "uploads-sent" when its files are on their way with it, and "uploads-back" with their states when it was refused.
import { ask, forget, Lost, pause, read, SignedOut, write } from "./upload-line.js";
import { icon, megabytes, node, put, turns, words } from "./upload-parts.js";
import { hearTurns } from "./upload-turn.js";

const PIECE = 512 * 1024;
const POLL = 1500, PATIENCE = 180_000; // ms: how often a reading is asked for, and for how long
const MOST_BYTES = 20 * 1024 * 1024, MOST_FILES = 10, AT_ONCE = 2;

export class Bringing {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.begin = input.dataset.upload;
    this.sort = input.dataset.sort || "";
    this.most = Number(input.dataset.most) || MOST_FILES;
    this.items = [];
    this.sending = 0;
    this.build();
  }

  build() {
    const { input, form } = this;
    this.list = form.querySelector("[data-brought]") || node("ul", { className: "brought" });
    this.said = node("p", { className: "held-back", hidden: true });
    this.said.setAttribute("role", "status");
    this.live = node("span", { className: "out-of-sight" });
    this.live.setAttribute("aria-live", "polite");
    this.drop = node("div", { className: "drop" });
    const ways = node("div", { className: "ways" });
    const choose = node("button", { type: "button", className: "btn small", textContent: words.choose });
    choose.addEventListener("click", () => input.click());
    if (matchMedia("(pointer: coarse)").matches) {
      this.camera = node("input", { type: "file", accept: "image/*", tabIndex: -1 });
      this.camera.setAttribute("capture", "environment");
      this.camera.setAttribute("aria-hidden", "true");
      this.camera.addEventListener("change", () => this.take(this.camera));
      const photo = node("button", { type: "button", className: "btn small primary", textContent: words.take });
      photo.addEventListener("click", () => this.camera.click());
      ways.append(photo, choose, this.camera);
    } else {
      ways.append(choose, node("span", { className: "muted", textContent: words.drop }));
    }
    input.before(this.drop);
    this.drop.append(ways, input);
    input.tabIndex = -1;
    input.setAttribute("aria-hidden", "true");
    input.required = false;
    input.addEventListener("change", () => this.take(input));
    this.drop.after(this.list, this.said, this.live);
    for (const plain of form.querySelectorAll("[data-plain]")) plain.hidden = true;
    for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
      this.drop.addEventListener(name, (event) => {
        event.preventDefault();
        this.drop.classList.toggle("over", over);
        if (name === "drop") this.add(event.dataTransfer.files);
      });
    }
    form.addEventListener("submit", (event) => this.hold(event));
    hearTurns(form);
    form.addEventListener("turned", ({ detail }) => {
      const item = this.items.find((one) => one.key === detail.key);
      if (item) this.took(item, detail);
    });
    form.addEventListener("told", ({ detail }) => { this.say(detail.wrong); this.live.textContent = detail.fine; });
    form.addEventListener("uploads-sent", () => this.clear());
    form.addEventListener("uploads-back", ({ detail }) => detail.forEach((said) => this.find(said)));
    for (const held of [...this.list.querySelectorAll("[data-held]")]) {
      held.remove();
      this.find({ url: held.dataset.url, name: held.textContent.trim() });
    }
    this.arrange();
  }

  // One that was brought before.
  find({ url, name }) {
    const item = { url, name, size: 0, received: 0, state: "checking" };
    this.items.push(item);
    this.draw(item);
    this.list.append(item.node);
    this.look(item);
  }

  clear() {
    for (const item of this.items) item.gone = true;
    this.items = [];
    this.list.replaceChildren();
    this.say("");
    this.arrange();
  }

  take(input) {
    this.add(input.files);
    input.value = ""; // or the form would post them a second time
  }

  add(files) {
    const room = Math.max(0, this.most - this.items.length);
    for (const file of Array.from(files).slice(0, room)) {
      const item = { file, name: file.name, size: file.size, received: 0, state: "waiting" };
      if (!file.size || file.size > MOST_BYTES) this.refuse(item, file.size ? words.large : words.empty);
      this.items.push(item);
      this.draw(item);
      this.list.append(item.node);
    }
    this.say(files.length > room ? this.input.dataset.mostSaid || words.most : "");
    this.arrange();
    this.pump();
  }

  pump() {
    const next = this.items.find((item) => item.state === "waiting" && item.file && !item.busy);
    if (!next || this.sending >= AT_ONCE) return;
    this.sending += 1;
    next.busy = true;
    this.send(next).finally(() => {
      this.sending -= 1;
      next.busy = false;
      this.pump();
    });
    this.pump();
  }

  // ── one file's way ──────────────────────────────────────────────────────────────────────────────────────
  ask(url, method, headers, body) {
    return ask(this.form, url, method, headers, body);
  }

  remembered(item) {
    return `upload:${this.begin}:${this.sort}:${item.name}:${item.size}:${item.file.lastModified}`;
  }

  async announce(item) {
    const before = read(this.remembered(item));
    if (before) {
      const { ok, said } = await this.ask(before, "GET");
      if (ok && !this.items.some((other) => other !== item && other.url === said.url)) return this.took(item, said);
    }
    const body = JSON.stringify({ name: item.name, size: item.size, sort: this.sort });
    const { ok, said } = await this.ask(this.begin, "POST", { "Content-Type": "application/json" }, body);
    if (!ok) return this.refuse(item, said.refused || words.refused);
    write(this.remembered(item), said.url);
    this.took(item, said);
  }

  async send(item) {
    for (let failures = 0; !item.gone;) {
      try {
        if (!item.url) await this.announce(item);
        if (item.state === "bad" || item.ready) break;
        item.state = item.received < item.size ? "sending" : "checking";
        this.draw(item);
        const piece = item.file.slice(item.received, item.received + PIECE);
        const headers = { "Upload-Offset": item.received, "Content-Type": "application/octet-stream" };
        if (item.received + piece.size >= item.size) { item.state = "checking"; this.draw(item); }
        const { ok, status, said } = await this.ask(item.url, "PATCH", headers, piece);
        if (status === 404) { item.url = ""; item.received = 0; continue; } // it was swept meanwhile
        if (status === 409) {
          if (said.received === item.received) throw new Lost(); // our own broken request is still at it
          item.received = said.received;
          const now = await this.ask(item.url, "GET");
          if (now.ok) this.took(item, now.said);
          continue;
        }
        if (!ok) { this.refuse(item, said.refused || words.refused); break; }
        failures = 0;
        this.took(item, said);
      } catch (error) {
        if (error instanceof SignedOut) { this.refuse(item, words.out); break; }
        if (!(error instanceof Lost)) throw error;
        item.state = "lost";
        this.draw(item);
        await pause(failures++);
        item.state = "waiting";
      }
    }
    if (item.file && (item.ready || item.state === "bad")) forget(this.remembered(item));
    this.arrange();
  }

  // What the server said of it.
  took(item, said) {
    item.url = said.url;
    item.key = said.key;
    item.received = said.received;
    item.size = said.size;
    item.ready = said.ready;
    item.said = said;
    if (said.name) item.name = said.name;
    if (said.refused) return this.refuse(item, said.refused);
    if (said.ready) {
      const { state } = said.reading;
      item.state = { waiting: "reading", read: "read", unreadable: "unreadable", given_up: "unread" }[state] || "ready";
      item.began ??= Date.now();
      if (item.state === "reading") {
        if (Date.now() - item.began < PATIENCE) setTimeout(() => this.look(item), POLL);
        else item.state = "unread";
      }
    } else if (!item.file) {
      return this.refuse(item, words.empty);
    }
    this.draw(item);
    this.arrange();
  }

  async look(item) {
    if (item.gone) return;
    try {
      const { ok, status, said } = await this.ask(item.url, "GET");
      if (ok) this.took(item, said);
      else if (status === 404) this.refuse(item, words.empty);
    } catch (error) {
      if (error instanceof SignedOut) return this.refuse(item, words.out);
      setTimeout(() => this.look(item), POLL * 2);
    }
  }

  refuse(item, why) {
    item.state = "bad";
    item.why = why;
    this.draw(item);
    this.arrange();
  }

  // ── the list ────────────────────────────────────────────────────────────────────────────────────────────
  remove(item) {
    item.gone = true;
    this.items = this.items.filter((other) => other !== item);
    item.node.remove();
    if (item.file) forget(this.remembered(item));
    if (item.url) this.ask(item.url, "DELETE").catch(() => {}); // else the sweep takes it
    this.say("");
    this.arrange();
    this.pump();
  }

  move(item, by) {
    const from = this.items.indexOf(item), to = from + by;
    if (to < 0 || to >= this.items.length) return;
    this.items.splice(from, 1);
    this.items.splice(to, 0, item);
    this.list.append(...this.items.map((one) => one.node));
    this.arrange();
    const button = item.node.querySelector(`.orders [data-way="${by}"]:not(:disabled), .orders button:not(:disabled)`);
    if (button) button.focus();
  }

  arrange() {
    this.items.forEach((item, index) => {
      if (!item.node) return;
      const [up, down] = item.node.querySelectorAll(".orders [data-way]");
      up.hidden = down.hidden = this.items.length < 2;
      up.disabled = index === 0;
      down.disabled = index === this.items.length - 1;
      item.held.disabled = !item.ready;
      item.held.value = item.key || "";
    });
    this.keep();
    const detail = this.items.filter((item) => item.ready && !item.gone).map((item) => item.said);
    this.form.dispatchEvent(new CustomEvent("uploads", { detail }));
    if (this.held && !this.items.some((item) => this.coming(item))) {
      if (this.items.some((item) => item.state === "bad")) this.letGo(words.stuck);
      else this.go();
    }
  }

  // As it was asked for: by that button, and past whoever listens to the form.
  go() {
    this.letGo("");
    if (this.form.requestSubmit) return this.form.requestSubmit(this.by);
    if (this.by && this.by.name) this.form.append(node("input", { type: "hidden", name: this.by.name, value: this.by.value }));
    this.form.submit();
  }

  // A reload finds what has arrived: its keys stand in the address.
  keep() {
    const address = new URL(location.href);
    address.searchParams.delete("held");
    for (const item of this.items) if (item.ready) address.searchParams.append("held", item.key);
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  draw(item) {
    if (!item.node) this.build_item(item);
    const { state } = item;
    const level = { bad: "bad", unreadable: "bad", read: "read", ready: "read", lost: "warn" }[state] || "";
    item.node.className = level;
    item.title.textContent = item.name;
    const count = item.said && item.said.pages.length > 1 ? ` · ${put(words.pages, { n: item.said.pages.length })}` : "";
    const done = put(words.of, { part: megabytes(item.received), whole: megabytes(item.size) });
    const text = {
      waiting: words.waiting, sending: `${words.sending} · ${done}`, lost: `${words.lost} ${done}`, checking: words.checking,
      reading: words.reading + count, read: words.read + count, ready: words.ready + count, unread: words.unread + count,
      unreadable: words.unreadable, bad: item.why,
    }[state];
    if (item.status.textContent !== text) item.status.textContent = text;
    if (item.told !== state) {
      item.told = state;
      if (["lost", "read", "ready", "unreadable", "bad", "unread"].includes(state)) this.live.textContent = `${item.name}: ${text}`;
    }
    item.bar.hidden = !["waiting", "sending", "lost", "checking"].includes(state);
    item.bar.max = item.size || 1;
    if (state === "checking") item.bar.removeAttribute("value");
    else item.bar.value = item.received;
    item.earlier.textContent = item.said && item.said.earlier ? `! ${item.said.earlier}` : "";
    item.earlier.hidden = !item.earlier.textContent;
    item.again.hidden = state !== "unreadable" && state !== "bad";
    this.leaves(item);
  }

  // Its pages: the first at the left, further ones below, each as it is turned now.
  leaves(item) {
    const pages = item.said ? item.said.pages : [];
    pages.forEach((page, index) => {
      const leaf = item.leaves[index] ??= this.leaf(item.more);
      const image = leaf.querySelector("img");
      if (image && image.getAttribute("src") === page) return;
      if (image) image.src = page;
      else {
        leaf.firstChild.replaceChildren(node("img", { src: page, alt: "", loading: "lazy" }));
        leaf.append(turns(page, index + 1, item.name));
      }
    });
  }

  leaf(place, text = "") {
    const thumb = node("span", { className: "thumb", textContent: text });
    thumb.setAttribute("aria-hidden", "true");
    const leaf = node("div", { className: "face" }, thumb);
    if (place) place.append(leaf);
    return leaf;
  }

  build_item(item) {
    const button = (label, shape, deed) => {
      const made = node("button", { type: "button", title: label }, icon(shape));
      made.setAttribute("aria-label", label);
      made.addEventListener("click", deed);
      return made;
    };
    item.title = node("span", { className: "name" });
    item.status = node("span", { className: "state" });
    item.bar = node("progress");
    item.bar.setAttribute("aria-hidden", "true");
    item.earlier = node("p", { className: "earlier check warn", hidden: true });
    item.again = node("button", { type: "button", className: "btn small again", textContent: words.again, hidden: true });
    item.again.addEventListener("click", () => { this.remove(item); (this.camera || this.input).click(); });
    item.held = node("input", { type: "hidden", name: "held", disabled: true });
    const ending = (item.name.split(".").pop() || "").slice(0, 4).toUpperCase();
    item.more = node("div", { className: "faces" });
    item.leaves = [this.leaf(null, ending)];
    const up = button(words.up, "up", () => this.move(item, -1));
    const down = button(words.down, "down", () => this.move(item, 1));
    up.dataset.way = -1;
    down.dataset.way = 1;
    const orders = node("span", { className: "orders" }, up, down, button(words.remove, "remove", () => this.remove(item)));
    const middle = node("div", {}, item.title, item.status, item.bar, item.earlier, item.again);
    item.node = node("li", {}, node("div", { className: "one" }, item.leaves[0], middle, orders), item.more, item.held);
  }

  say(text) {
    this.said.textContent = text;
    this.said.hidden = !text;
  }

  // ── sending the form ────────────────────────────────────────────────────────────────────────────────────
  coming(item) {
    return !item.ready && item.state !== "bad";
  }

  hold(event) {
    if (this.items.some((item) => item.state === "bad")) {
      event.preventDefault();
      return this.letGo(words.stuck);
    }
    if (!this.items.some((item) => this.coming(item))) return;
    event.preventDefault();
    this.held = true;
    this.by = event.submitter || undefined;
    this.say(words.hold);
  }

  letGo(text) {
    this.held = false;
    this.say(text);
  }
}

for (const input of document.querySelectorAll("input[type=file][data-upload]")) new Bringing(input);
