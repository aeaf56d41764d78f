// The line to the server: a question and its answer, how long to wait when it is lost, and what a tab remembers of it.
// Longer and longer, but no longer than the connection is away.
export function pause(failures) {
  const wait = Math.min(30_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
  return new Promise((done) => {
    const timer = setTimeout(over, wait);
    window.addEventListener("online", over);
    function over() {
      clearTimeout(timer);
      window.removeEventListener("online", over);
      done();
    }
  });
}

export class SignedOut extends Error {}
export class Lost extends Error {}

// Lost: nothing came back, or what a later try may better. SignedOut: the door was answered instead.
export async function ask(form, url, method, headers = {}, body = undefined) {
  let answer;
  try {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    answer = await fetch(url, { method, body, redirect: "manual", headers: { "X-CSRFToken": token, ...headers } });
  } catch {
    throw new Lost();
  }
  if (answer.type === "opaqueredirect" || answer.status === 403) throw new SignedOut();
  if ([408, 429, 500, 502, 503, 504, 507].includes(answer.status)) throw new Lost();
  let said = {};
  try {
    said = await answer.json();
  } catch {
    if (answer.ok) throw new SignedOut();
  }
  return { status: answer.status, ok: answer.ok, said };
}

// Private windows have no storage: then a reload begins anew.
export function read(key) { try { return localStorage.getItem(key); } catch { return null; } }
export function write(key, value) { try { localStorage.setItem(key, value); } catch { /* begins anew */ } }
export function forget(key) { try { localStorage.removeItem(key); } catch { /* nothing is there */ } }
