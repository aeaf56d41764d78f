// The pictures of a paper on a stage: one page at a time, larger, smaller, turned, moved; what was read is marked.
const STEP = 1.25, MOST = 8, WIDE = "(min-width: 60.01rem)";

export function viewer(root) {
  const box = root.querySelector("[data-viewer]");
  const stage = box && box.querySelector(".stage");
  if (!stage) return nothing;
  const figures = [...stage.querySelectorAll("figure")];
  const own = figures.filter((figure) => !figure.dataset.of);
  const before = figures.filter((figure) => figure.dataset.of);
  let shown = own[0], zoom = 1, turn = 0, x = 0, y = 0;
  const wide = window.matchMedia(WIDE);

  function paint() {
    const on = wide.matches;
    stage.classList.toggle("on", on);
    box.querySelector(".tools").hidden = !on;
    for (const figure of figures) figure.hidden = on && figure !== shown;
    const sheet = shown.querySelector(".turn"), image = sheet.querySelector("img");
    if (!on || !image.naturalWidth) { sheet.style.cssText = ""; return; }
    const room = shown.querySelector(".paper").getBoundingClientRect();
    const wideAs = turn % 2 ? image.naturalHeight : image.naturalWidth;
    const highAs = turn % 2 ? image.naturalWidth : image.naturalHeight;
    const scale = Math.min(room.width / wideAs, room.height / highAs) * zoom;
    const spareX = Math.max(0, (wideAs * scale - room.width) / 2), spareY = Math.max(0, (highAs * scale - room.height) / 2);
    x = Math.min(spareX, Math.max(-spareX, x));
    y = Math.min(spareY, Math.max(-spareY, y));
    sheet.style.width = `${image.naturalWidth}px`;
    sheet.style.height = `${image.naturalHeight}px`;
    sheet.style.transform = `translate(${room.width / 2 + x}px, ${room.height / 2 + y}px) rotate(${turn * 90}deg) scale(${scale}) translate(-50%, -50%)`;
  }

  function show(figure) {
    if (!figure) return;
    shown = figure;
    const image = figure.querySelector("img");
    image.loading = "eager";
    paint();
    if (!image.complete) image.addEventListener("load", paint, { once: true });
  }

  const beside = () => (before.includes(shown) ? before : own);
  const deeds = {
    in: () => { zoom = Math.min(MOST, zoom * STEP); paint(); },
    out: () => { zoom = Math.max(1, zoom / STEP); paint(); },
    turn: () => { turn = (turn + 1) % 4; paint(); },
    fit: () => { zoom = 1; turn = x = y = 0; paint(); },
    following: () => { const all = beside(); show(all[(all.indexOf(shown) + 1) % all.length]); },
    previous: () => { const all = beside(); show(all[(all.indexOf(shown) + all.length - 1) % all.length]); },
    older: () => {
      if (!before.length) return;
      const old = !before.includes(shown);
      show(old ? before[0] : own[0]);
      box.querySelector("[data-do=older]").setAttribute("aria-pressed", String(old));
    },
    move: (byX, byY) => { if (zoom === 1) return false; x += byX; y += byY; paint(); },
    /** The place of that field is marked, on its page. */
    mark: (name, page) => {
      for (const shape of stage.querySelectorAll("polygon")) shape.classList.toggle("here", shape.dataset.box === name);
      const figure = name && own.find((one) => one.dataset.number === page);
      if (figure && figure !== shown && wide.matches) show(figure);
    },
    first: () => own[0].querySelector("img"),
  };

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) deeds[button.dataset.do]();
  });
  stage.addEventListener("pointerdown", (event) => {
    if (!wide.matches || zoom === 1 || event.target.closest("a")) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    const from = [event.clientX - x, event.clientY - y];
    const drag = (now) => { x = now.clientX - from[0]; y = now.clientY - from[1]; paint(); };
    stage.addEventListener("pointermove", drag);
    stage.addEventListener("pointerup", () => stage.removeEventListener("pointermove", drag), { once: true });
    stage.addEventListener("pointercancel", () => stage.removeEventListener("pointermove", drag), { once: true });
  });
  stage.addEventListener("dblclick", () => { zoom = zoom > 1 ? 1 : 2.5; paint(); });
  stage.addEventListener("wheel", (event) => {
    if (!wide.matches || !event.ctrlKey) return; // the page itself scrolls; pinching on a pad is ctrl + wheel
    event.preventDefault();
    if (event.deltaY < 0) deeds.in(); else deeds.out();
  }, { passive: false });
  const again = () => { if (stage.isConnected) paint(); else window.removeEventListener("resize", again); };
  window.addEventListener("resize", again);
  show(shown);
  return deeds;
}

const nothing = new Proxy({}, { get: (_, name) => (name === "first" ? () => null : () => false) });
