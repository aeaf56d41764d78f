// One press ticks those whose new dates were read on the picture; every other is the clerk's to look at, and to tick.
const button = document.querySelector("[data-tick]");
const boxes = [...document.querySelectorAll(".renewals input[data-read]")];
if (button && boxes.length) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
}
