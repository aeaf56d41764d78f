// What this phone keeps of visits that were not sent: drafts and their photos. Each names its officer.
//
// A draft: {key, user, id, name, page, url, begin, fields, signature, rev, savedAt, wants, state, errors}. `url` takes
// the form; without one the visit was begun with no network and `begin` says how. `wants` is "save" or "close" once
// the officer pressed that. A photo: {key, draft, item, takenAt, file, error}.

const NAME = 'sunkitchen-inspections';
let opening = null;

function database() {
  opening = opening || new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('drafts', { keyPath: 'key' });
      request.result.createObjectStore('photos', { keyPath: 'key' }).createIndex('draft', 'draft');
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  return opening;
}

/** Do `work(stores…)` in one transaction; what its last request gave, once it is kept. */
async function within(names, mode, work) {
  const db = await database();
  return new Promise((done, fail) => {
    const deed = db.transaction(names, mode);
    const request = work(...names.map((name) => deed.objectStore(name)));
    deed.oncomplete = () => done(request && request.result);
    deed.onabort = deed.onerror = () => fail(deed.error);
  });
}

export const draft = (key) => within(['drafts'], 'readonly', (drafts) => drafts.get(key));
export const keepDraft = (record) => within(['drafts'], 'readwrite', (drafts) => drafts.put(record));
/** Photos of the draft, in the order in which they were taken. */
export async function photosOf(key) {
  const photos = await within(['photos'], 'readonly', (rows) => rows.index('draft').getAll(key));
  return photos.sort((a, b) => (a.takenAt < b.takenAt ? -1 : 1));
}
export const keepPhoto = (photo) => within(['photos'], 'readwrite', (photos) => photos.put(photo));
export const dropPhoto = (key) => within(['photos'], 'readwrite', (photos) => photos.delete(key));

export async function draftsOf(user) {
  return (await within(['drafts'], 'readonly', (drafts) => drafts.getAll())).filter((one) => one.user === user);
}

/** The draft and its photos leave this phone. */
export function drop(key) {
  return within(['drafts', 'photos'], 'readwrite', (drafts, photos) => {
    drafts.delete(key);
    photos.index('draft').openKeyCursor(IDBKeyRange.only(key)).onsuccess = ({ target }) => {
      if (!target.result) return;
      photos.delete(target.result.primaryKey);
      target.result.continue();
    };
  });
}

/** A random id, for a form or a photo: by it the server knows what it was sent before. */
export function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6] & 15 | 64;
  bytes[8] = bytes[8] & 63 | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
