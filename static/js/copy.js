// A button that copies the text beside it. Without this module the text is selected and copied by hand.
async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return document.execCommand('copy'); // a page without https has no clipboard of its own
  }
  return true;
}

for (const place of document.querySelectorAll('[data-copy]')) {
  const field = place.querySelector('textarea');
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn small', textContent: place.dataset.copy });
  const said = Object.assign(document.createElement('span'), { className: 'muted' });
  button.setAttribute('aria-describedby', field.id);
  said.setAttribute('role', 'status');
  button.addEventListener('click', async () => {
    said.textContent = '';
    if (await copy(field)) said.textContent = ` ${place.dataset.copied}`;
  });
  place.append(button, said);
}
