// The buttons that turn a page by a quarter: pressed on a picture that was brought, or on one that the paper has already.
// Which way is up is kept by the server; the picture and its marks come back as they stand then.
import { words } from "./upload-parts.js";

let before = Promise.resolve(); // one after the other, however fast they are pressed

async function turn(form, button) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  let said = null;
  try {
    const answer = await fetch(button.dataset.turn, {
      method: "POST", body: new URLSearchParams({ way: button.dataset.way }), redirect: "manual",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
    });
    said = await answer.json();
    if (!answer.ok) return tell(form, said.refused || words.notTurned);
  } catch {
    return tell(form, words.notTurned);
  }
  tell(form, "", words.turned);
  if (said.key) return form.dispatchEvent(new CustomEvent("turned", { detail: said }));
  const figure = button.closest("figure");
  figure.querySelector("img").src = said.url;
  for (const mark of figure.querySelectorAll("polygon")) mark.setAttribute("points", said.marks[mark.dataset.mark] || "");
}

function tell(form, wrong, fine = "") {
  form.dispatchEvent(new CustomEvent("told", { detail: { wrong, fine } }));
}

export function hearTurns(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-turn]");
    if (!button) return;
    event.preventDefault(); // without a script the form itself turns the page
    before = before.then(() => turn(form, button));
  });
}
