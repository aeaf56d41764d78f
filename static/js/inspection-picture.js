// Photos as a phone can afford to send them, and a signature drawn with a finger.

const LONGEST = 2048, SMALL = 192; // pixels
const QUALITY = 0.85;

const read = (file) => new Promise((done, fail) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = () => fail(reader.error);
  reader.readAsDataURL(file);
});

const picture = async (file) => new Promise((done, fail) => {
  const image = new Image();
  image.onload = () => done(image);
  image.onerror = fail;
  read(file).then((address) => { image.src = address; }, fail); // CSP lets no blob: be a picture
});

function drawn(image, longest) {
  const scale = Math.min(1, longest / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The photo as a JPEG of at most 2048 pixels; as it is when this browser can't read it (the server says why not). */
export async function smaller(file) {
  try {
    const canvas = drawn(await picture(file), LONGEST);
    return await new Promise((done) => canvas.toBlob((blob) => done(blob || file), 'image/jpeg', QUALITY));
  } catch {
    return file;
  }
}

/** A small picture for the page, as a data: address; "" when it can't be read. */
export async function thumb(file) {
  try {
    return drawn(await picture(file), SMALL).toDataURL('image/jpeg', QUALITY);
  } catch {
    return '';
  }
}

/** A sheet to sign on: `changed(blob or null)` after each stroke. */
export function signing(canvas, changed) {
  const pen = canvas.getContext('2d');
  let last = null;

  function clear() {
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = '#000';
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = 'round';
  }

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };

  canvas.addEventListener('pointerdown', (event) => {
    last = at(event);
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!last) return;
    const here = at(event);
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...here);
    pen.stroke();
    last = here;
  });
  const end = () => {
    if (last) canvas.toBlob(changed, 'image/png');
    last = null;
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  clear();
  return {
    clear() {
      clear();
      changed(null);
    },
    async show(blob) {
      pen.drawImage(await picture(blob), 0, 0, canvas.width, canvas.height);
    },
  };
}
