// Large type (适老化): remembered by this browser alone, no cookie. Without it the link's ?large=1 serves one page.
const root = document.documentElement;
const KEY = "sunkitchen.large";

function remembered() {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false; // storage refused: the link's query does the work
  }
}

function remember(large) {
  try {
    localStorage.setItem(KEY, large ? "1" : "0");
  } catch {
    // as above
  }
}

if (remembered()) root.classList.add("large");

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-large]");
  if (!link) return;
  event.preventDefault();
  remember(root.classList.toggle("large"));
});
