// Keys of a desk's page: one letter, one deed; never while somebody writes, and never with a modifier.
const WRITING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

/** `deeds` by key (lower case), each given the event; a deed that answers false leaves the key to the browser. */
export function onKeys(deeds) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.matches(WRITING)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const deed = deeds[key];
    if (deed && deed(event) !== false) event.preventDefault();
  });
}

/** The list of keys: shown where there are keys, opened by "?". */
export function showHelp(root = document) {
  const help = root.querySelector("[data-keys]");
  if (help) help.hidden = false;
  return help;
}

export function toggleHelp() {
  const help = document.querySelector("[data-keys]");
  if (help) { help.open = !help.open; help.querySelector("summary").focus(); }
}
