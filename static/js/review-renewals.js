// One press ticks all that the page shows; the pictures are still the clerk's to look at.
const button = document.querySelector("[data-tick]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = [...document.querySelectorAll(".renewals input[type=checkbox]")];
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
}
