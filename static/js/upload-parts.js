// Pieces that the upload list and the pictures beside it are made of: words, nodes, icons, the buttons that turn a page.
export const words = document.getElementById("upload-words").dataset;
const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  up: "M12 19V5M6 11l6-6 6 6", down: "M12 5v14M6 13l6 6 6-6", remove: "M6 6l12 12M18 6L6 18",
  left: "M4 4v5h5M4.6 9A8 8 0 1 1 4 13.5", right: "M20 4v5h-5M19.4 9A8 8 0 1 0 20 13.5",
};

export function put(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

export function node(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made[key] = value;
  made.append(...children);
  return made;
}

export function icon(shape) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[shape]);
  svg.append(path);
  return svg;
}

export function megabytes(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// Two buttons for the page with this address; static/js/upload-turn.js hears them.
export function turns(page, number, name = "") {
  const button = (way, title, label) => {
    const made = node("button", { type: "button", className: "turn", title }, icon(way));
    made.setAttribute("aria-label", (name ? `${name}: ` : "") + put(label, { page: number }));
    made.dataset.way = way;
    return made;
  };
  const both = node("span", { className: "turns" },
    button("left", words.left, words.turnLeft), button("right", words.right, words.turnRight));
  turnsOf(both, page);
  return both;
}

export function turnsOf(both, page) {
  const address = `${page.split("?")[0]}turn/`;
  for (const button of both.querySelectorAll(".turn")) button.dataset.turn = address;
}
