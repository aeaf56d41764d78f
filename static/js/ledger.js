// Lines of a delivery are added on the page itself. Without it the same button asks the server for one more.
// And the large pictures of a note beside the form are those the form has: one that is removed goes there, too.
import { put } from "./upload-parts.js";

const form = document.querySelector("form.entry");
const lines = form.querySelector("[data-lines]");
const template = form.querySelector("template[data-line]");
const total = form.querySelector('[name="lines-TOTAL_FORMS"]');
const most = Number(form.querySelector('[name="lines-MAX_NUM_FORMS"]').value);
const COPIED = ["goods", "proof", "unit"]; // mostly as on the line above

function field(line, name) {
  return line.querySelector(`[name$="-${name}"]`);
}

function add() {
  const count = Number(total.value);
  if (count >= most) return;
  const above = lines.querySelector(".line:last-child");
  const fresh = template.content.cloneNode(true).querySelector(".line");
  for (const node of fresh.querySelectorAll("*")) {
    for (const attribute of ["id", "name", "for", "aria-describedby"]) {
      const value = node.getAttribute(attribute);
      if (value) node.setAttribute(attribute, value.replace("__prefix__", count));
    }
  }
  fresh.querySelector("[data-number]").textContent = count + 1;
  if (above) for (const name of COPIED) field(fresh, name).value = field(above, name).value;
  lines.append(fresh);
  total.value = count + 1;
  field(fresh, "product").focus();
}

form.querySelector("[data-more]").addEventListener("click", (event) => {
  event.preventDefault();
  add();
});

const pictures = document.querySelector("[data-pictures]");
let ours = false;

function figure(page, index) {
  const made = document.createElement("figure"), image = document.createElement("img");
  made.className = "paper";
  image.src = page;
  image.alt = put(pictures.dataset.alt, { n: index + 1 });
  made.append(image);
  return made;
}

form.addEventListener("uploads", ({ detail }) => {
  if (!pictures || (!detail.length && !ours)) return; // until they were asked after, those of the page stay in sight
  ours = true;
  const pages = detail.flatMap((state) => state.pages);
  const shown = [...pictures.querySelectorAll("img")].map((image) => image.getAttribute("src"));
  if (pages.join() !== shown.join()) pictures.replaceChildren(...pages.map(figure));
});
