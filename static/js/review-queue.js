// The queue by keys: down and up, open, search, the pages.
import { onKeys, showHelp, toggleHelp } from "./keys.js";

const links = [...document.querySelectorAll("[data-queue] .what > a")];

function go(step) {
  if (!links.length) return false;
  const here = links.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + step));
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

function follow(selector) {
  const link = document.querySelector(selector);
  if (!link) return false;
  link.click();
}

showHelp();
onKeys({
  j: () => go(1),
  k: () => go(-1),
  ArrowDown: () => (links.includes(document.activeElement) ? go(1) : false),
  ArrowUp: () => (links.includes(document.activeElement) ? go(-1) : false),
  "/": () => document.querySelector("input[name=q]").focus(),
  n: () => follow(".pages [rel=next]"),
  p: () => follow(".pages [rel=prev]"),
  u: () => follow("a[href$='/renewals/']"),
  Enter: () => (document.activeElement === document.body && links.length ? links[0].click() : false),
  "?": toggleHelp,
});
const said = sessionStorage.getItem("said");
if (said) {
  sessionStorage.removeItem("said");
  const line = document.createElement("p");
  line.className = "note success";
  line.setAttribute("role", "status");
  line.textContent = said;
  document.getElementById("content").prepend(line);
}
