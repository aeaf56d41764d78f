// Keys for the clerk who reviews many papers: zoom, rotate, and the way to both decisions (Enter sends them).
const pictures = [...document.querySelectorAll("[data-page] img")];
const keys = document.querySelector(".keys");
let turn = 0, zoom = 1;

function show() {
  for (const picture of pictures) {
    // Turned by a quarter, a picture must fit the width that its height was.
    const fit = turn % 2 && picture.naturalWidth ? Math.min(1, picture.naturalWidth / picture.naturalHeight) : 1;
    picture.style.transform = `rotate(${turn * 90}deg) scale(${fit})`;
    picture.style.width = `${zoom * 100}%`;
    picture.style.maxWidth = "none";
    picture.parentElement.style.overflow = "auto";
  }
}

const deeds = {
  "+": () => { zoom = Math.min(4, zoom * 1.25); show(); },
  "=": () => deeds["+"](),
  "-": () => { zoom = Math.max(1, zoom / 1.25); show(); },
  r: () => { turn = (turn + 1) % 4; show(); },
  a: () => focus("a"),
  t: () => focus("t"),
};

function focus(key) {
  const place = document.querySelector(`[data-key="${key}"]`);
  if (place) (place.querySelector("input") || place).focus(); // to return begins with a reason
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const deed = deeds[event.key.toLowerCase()];
  if (deed) { event.preventDefault(); deed(); }
});

if (keys) keys.hidden = false;
