// What was read on a paper's pictures: into its empty fields, with a mark for each and a box where it stands.
// What a person typed stays; the mark then says what the picture says, and offers to take it over.
import { put, turns, turnsOf } from "./upload-parts.js";
import "./upload.js";

const SURE = 0.9; // as credentials/prefill.py
const NAMES = ["number", "holder", "issuer", "items", "valid_from", "valid_through"];
const SVG = "http://www.w3.org/2000/svg";
const form = document.querySelector("form[data-paper]");
const words = document.getElementById("read-words").dataset;
const previews = form.querySelector("[data-previews]");
const asRead = (name) => form.querySelector(`[data-read="${name}"]`);
let shown = "";

// The surest of each field, its pages counted on through all files: as readings.actions.found does.
function best(states) {
  const found = {};
  let before = 0;
  for (const { pages, reading } of states) {
    for (const [name, read] of Object.entries(reading.fields || {})) {
      if (!NAMES.includes(name)) continue;
      if (!found[name] || read.confidence > found[name].confidence) found[name] = { ...read, page: read.page + before };
    }
    before += pages.length;
  }
  return found;
}

function isEndless(read) {
  return ["endless", "长期"].includes(read.value);
}

function fill(name, read) {
  const input = form.elements[name];
  if (!input) return true;
  const endless = form.elements.endless;
  if (name === "valid_through" && endless && isEndless(read)) {
    if (!input.value && !endless.dataset.touched) endless.checked = true;
    return endless.checked;
  }
  const value = String(read.value ?? "");
  if (!input.value || input.value === input.dataset.filled) {
    if (input.dataset.touched && !input.value) return false; // emptied by hand: it stays empty
    input.value = value;
    input.dataset.filled = value;
  }
  return plain(input.value) === plain(value);
}

function plain(text) {
  return text.replace(/\s+/g, "").toUpperCase();
}

function mark(name, read, over) {
  const place = asRead(name);
  if (!place) return;
  place.replaceChildren();
  delete place.dataset.level;
  if (!read) {
    if (over) { place.dataset.level = "missing"; place.append(said("check", words.missing)); }
    return;
  }
  const sure = read.confidence >= SURE, same = fill(name, read);
  place.dataset.level = sure ? "sure" : "check";
  if (same) place.append(said(sure ? "check ok" : "check warn", sure ? `✓ ${words.sure}` : `! ${words.check}`));
  else {
    place.append(said("check warn", `! ${put(words.says, { text: read.text || read.value })}`));
    const use = document.createElement("button");
    use.type = "button";
    use.className = "btn small";
    use.textContent = words.use;
    use.addEventListener("click", () => {
      const input = form.elements[name];
      input.value = input.dataset.filled = String(read.value ?? "");
      delete input.dataset.touched;
      draw();
      input.focus();
    });
    if (read.value && !isEndless(read)) place.append(use);
  }
  crop(place, read);
}

function said(look, text) {
  const made = document.createElement("span");
  made.className = look;
  made.textContent = text;
  return made;
}

// The strip of the picture where it was read, under its field: on a phone the page itself is out of sight.
function crop(place, read) {
  const picture = previews.querySelectorAll("img")[read.page - 1];
  if (!picture || !read.box || !read.box.length) return;
  if (!picture.naturalWidth) {
    picture.addEventListener("load", draw, { once: true });
    return;
  }
  const tall = (1000 * picture.naturalHeight) / picture.naturalWidth;
  const xs = read.box.map(([x]) => x), ys = read.box.map(([, y]) => (y * tall) / 1000);
  const rim = 12, left = Math.max(0, Math.min(...xs) - rim), top = Math.max(0, Math.min(...ys) - rim);
  const wide = Math.min(1000, Math.max(...xs) + rim) - left, high = Math.min(tall, Math.max(...ys) + rim) - top;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `${left} ${top} ${wide} ${high}`);
  svg.setAttribute("class", "crop");
  svg.setAttribute("aria-hidden", "true");
  const image = document.createElementNS(SVG, "image");
  for (const [key, value] of Object.entries({ href: picture.src, width: 1000, height: tall })) image.setAttribute(key, value);
  svg.append(image);
  place.append(svg);
}

function pages(states) {
  const urls = states.flatMap((state) => state.pages);
  if (urls.join() === shown) return;
  shown = urls.join();
  const figures = [...previews.children];
  if (!drawn || figures.length !== urls.length) {
    drawn = true;
    return previews.replaceChildren(...urls.map(sheet));
  }
  figures.forEach((figure, index) => { // in their places, so that a button that was pressed keeps the focus
    const image = figure.querySelector("img");
    if (image.getAttribute("src") !== urls[index]) image.src = urls[index];
    turnsOf(figure, urls[index]);
  });
}

function sheet(url, index) {
  const image = document.createElement("img"), svg = document.createElementNS(SVG, "svg");
  image.src = url;
  image.alt = put(previews.dataset.alt, { n: index + 1 });
  svg.setAttribute("viewBox", "0 0 1000 1000");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const leaf = document.createElement("div"), figure = document.createElement("figure");
  leaf.className = "leaf";
  leaf.append(image, svg);
  figure.className = "paper";
  figure.append(leaf, turns(url, index + 1));
  return figure;
}

function boxes(found) {
  const sheets = previews.querySelectorAll(".leaf svg");
  for (const sheet of sheets) sheet.replaceChildren();
  for (const [name, read] of Object.entries(found)) {
    const sheet = sheets[read.page - 1];
    if (!sheet || !read.box || !read.box.length) continue;
    const polygon = document.createElementNS(SVG, "polygon");
    polygon.setAttribute("points", read.box.map((point) => point.join(",")).join(" "));
    polygon.setAttribute("class", read.confidence >= SURE ? "sure" : "check");
    polygon.dataset.mark = name;
    sheet.append(polygon);
  }
}

let states = [], ours = false, drawn = false;

function draw() {
  const found = best(states);
  const over = states.length > 0 && states.every((state) => ["read", "unreadable"].includes(state.reading.state))
    && states.some((state) => state.reading.state === "read");
  pages(states);
  boxes(found);
  for (const name of NAMES) mark(name, found[name], over);
}

function light(name) {
  for (const polygon of previews.querySelectorAll("polygon")) {
    const on = polygon.dataset.mark === name;
    polygon.classList.toggle("on", on);
    // Beside the fields the column scrolls by itself; on a phone the strip under the field tells.
    if (on && previews.scrollHeight > previews.clientHeight) {
      previews.scrollTop = polygon.closest("figure").offsetTop + polygon.getBBox().y / 1000 * polygon.ownerSVGElement.clientHeight - previews.clientHeight / 2;
    }
  }
}

form.addEventListener("uploads", (event) => {
  if (!event.detail.length && !ours) return; // the pictures that the paper has already stay in sight
  ours = true;
  states = event.detail;
  draw();
});
form.addEventListener("input", (event) => {
  if (!NAMES.includes(event.target.name) && event.target.name !== "endless") return;
  event.target.dataset.touched = "1";
  if (ours) draw();
});
for (const place of form.querySelectorAll("[data-field]")) {
  const name = place.dataset.field;
  place.addEventListener("focusin", () => light(name));
  place.addEventListener("mouseenter", () => light(name));
  place.addEventListener("mouseleave", () => light(place.contains(document.activeElement) ? name : ""));
}
