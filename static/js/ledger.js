// Lines of a delivery are added on the page itself. Without it the same button asks the server for one more.
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
