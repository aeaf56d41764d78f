// Masks drawn on a still picture. Everything is per mille of the picture; the form's hidden field carries it as JSON.
// Without this script the same form takes rectangles in percent.

const WHOLE = 1000;
const CORNERS = [3, 12];
const NEAR = 28; // CSS pixels: a finger on the first corner closes the mask

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name]);
const clamp = (value) => Math.min(WHOLE, Math.max(0, Math.round(value)));
const copy = (value) => JSON.parse(JSON.stringify(value));

function start(board) {
  const form = board.closest('form');
  const field = form.querySelector('[data-drawn]');
  const tools = form.querySelector('[data-tools]');
  const said = form.querySelector('[data-said]');
  const svg = board.querySelector('svg');
  const corners = board.querySelector('.corners');
  const words = board.dataset;
  const most = Number(words.most);
  const buttons = Object.fromEntries([...tools.querySelectorAll('[data-do]')].map((b) => [b.dataset.do, b]));

  let masks = JSON.parse(words.masks);
  if (field.value) {
    try {
      masks = JSON.parse(field.value); // the form came back with a word about it
    } catch {
      field.value = '';
    }
  }
  let chosen = masks.length ? 0 : -1;
  let drawing = null; // the corners of a mask that is not closed yet
  const past = [];

  const remember = () => {
    past.push({ masks: copy(masks), drawing: copy(drawing), chosen });
    if (past.length > 100) past.shift();
  };

  function shape(name, points, kind) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name);
    node.setAttribute('points', points.map((point) => point.join(',')).join(' '));
    if (kind) node.setAttribute('class', kind);
    return node;
  }

  function draw(focus) {
    svg.replaceChildren(...masks.map((mask, i) => shape('polygon', mask, i === chosen ? 'is-chosen' : '')));
    [...svg.children].forEach((node, i) => node.addEventListener('click', (event) => choose(event, i)));
    if (drawing) svg.append(shape('polyline', drawing));
    const points = drawing || masks[chosen] || [];
    corners.replaceChildren(...points.map((point, i) => corner(point, i)));
    board.classList.toggle('is-drawing', Boolean(drawing));
    buttons.close.disabled = !drawing || drawing.length < CORNERS[0];
    buttons.undo.disabled = !past.length;
    buttons.remove.disabled = !drawing && chosen < 0;
    buttons.draw.disabled = buttons.box.disabled = Boolean(drawing) || masks.length >= most;
    said.textContent = drawing
      ? drawing.length ? words.drawing : words.start
      : masks.length >= most ? words.full : masks.length ? words.idle : words.start;
    field.value = JSON.stringify(masks);
    if (focus !== undefined && corners.children[focus]) corners.children[focus].focus();
  }

  function corner(point, index) {
    const button = document.createElement('button');
    button.type = 'button';
    button.style.left = `${point[0] / 10}%`;
    button.style.top = `${point[1] / 10}%`;
    if (drawing && !index) button.className = 'is-first';
    button.setAttribute('aria-label', fill(words.corner, { number: index + 1, mask: (drawing ? masks.length : chosen) + 1 }));
    button.addEventListener('keydown', (event) => byKey(event, index));
    button.addEventListener('pointerdown', (event) => drag(event, button, index));
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      if (drawing && !index && drawing.length >= CORNERS[0]) close();
    });
    return button;
  }

  const current = () => drawing || masks[chosen];

  function byKey(event, index) {
    const step = event.shiftKey ? 50 : 10;
    const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    const points = current();
    if (way) {
      event.preventDefault();
      remember();
      points[index] = [clamp(points[index][0] + way[0]), clamp(points[index][1] + way[1])];
      draw(index);
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && (drawing || points.length > CORNERS[0])) {
      event.preventDefault();
      remember();
      points.splice(index, 1);
      draw(Math.max(0, index - 1));
    }
  }

  function drag(event, button, index) {
    if (event.button) return;
    const points = current();
    let moved = false;
    button.setPointerCapture(event.pointerId);
    const move = (to) => {
      const far = Math.hypot(to.clientX - event.clientX, to.clientY - event.clientY);
      if (!moved && far < 6) return;
      if (!moved) remember();
      moved = true;
      points[index] = place(to);
      button.style.left = `${points[index][0] / 10}%`;
      button.style.top = `${points[index][1] / 10}%`;
      const line = svg.children[drawing ? masks.length : chosen];
      line.setAttribute('points', points.map((point) => point.join(',')).join(' '));
    };
    const end = () => {
      button.removeEventListener('pointermove', move);
      if (moved) draw();
    };
    button.addEventListener('pointermove', move);
    button.addEventListener('pointerup', end, { once: true });
    button.addEventListener('pointercancel', end, { once: true });
  }

  function place(event) {
    const box = board.getBoundingClientRect();
    return [clamp(((event.clientX - box.left) / box.width) * WHOLE), clamp(((event.clientY - box.top) / box.height) * WHOLE)];
  }

  function choose(event, index) {
    if (drawing) return;
    event.stopPropagation();
    chosen = index;
    draw();
  }

  function close() {
    remember();
    masks.push(drawing);
    chosen = masks.length - 1;
    drawing = null;
    draw();
  }

  board.addEventListener('click', (event) => {
    if (!drawing && masks.length) return;
    const box = board.getBoundingClientRect();
    const point = place(event);
    const first = drawing && drawing[0];
    const near =
      first && Math.hypot(((point[0] - first[0]) / WHOLE) * box.width, ((point[1] - first[1]) / WHOLE) * box.height) < NEAR;
    if (near && drawing.length >= CORNERS[0]) {
      close();
      return;
    }
    remember();
    drawing = [...(drawing || []), point];
    if (drawing.length >= CORNERS[1]) close();
    else draw();
  });

  tools.addEventListener('click', (event) => {
    const deed = event.target.dataset.do;
    if (deed === 'draw') {
      remember();
      drawing = [];
    } else if (deed === 'box') {
      remember();
      masks.push([[350, 350], [650, 350], [650, 650], [350, 650]]);
      chosen = masks.length - 1;
      draw(0);
      return;
    } else if (deed === 'close') {
      close();
      return;
    } else if (deed === 'undo') {
      ({ masks, drawing, chosen } = past.pop());
    } else if (deed === 'remove') {
      remember();
      if (drawing) drawing = null;
      else masks.splice(chosen, 1);
      chosen = masks.length - 1;
    } else return;
    draw();
  });

  form.addEventListener('submit', () => {
    if (drawing && drawing.length >= CORNERS[0]) close(); // whoever forgot to close it meant it
  });

  form.querySelector('[data-plain]').remove();
  tools.hidden = false;
  draw();
}

document.querySelectorAll('[data-masks]').forEach(start);
