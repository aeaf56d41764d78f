// Prepared answers: a click, or Alt and a digit (a digit alone outside of a field), puts one where the caret stands.

/** `ids` is the hidden field that names what was put in, so that the uses are counted. */
export function prepared(list, box, ids) {
  const buttons = Array.from(list.querySelectorAll('[data-canned]'));

  function put(button) {
    const start = box.selectionStart, before = box.value.slice(0, start), after = box.value.slice(box.selectionEnd);
    const text = (before && !/\s$/.test(before) ? '\n' : '') + button.dataset.text;
    box.value = before + text + after;
    box.focus();
    box.setSelectionRange(start + text.length, start + text.length);
    const known = ids.value.split(' ').filter(Boolean);
    if (!known.includes(button.dataset.canned)) ids.value = [...known, button.dataset.canned].join(' ');
  }

  for (const button of buttons) {
    button.disabled = false;
    button.addEventListener('click', () => put(button));
  }
  document.addEventListener('keydown', (event) => {
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (!digit || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const writes = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    const button = buttons[digit[1] - 1];
    if (!button || (writes && !event.altKey)) return;
    event.preventDefault();
    put(button);
  });
}
