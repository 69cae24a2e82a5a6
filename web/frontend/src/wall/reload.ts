// A wall nobody touches mends itself: it loads itself anew, but never into a page that the server cannot give.
const LEAST_MS = 20_000; // between two loads, so that a lasting fault does not become a storm
const RETRY_MS = 5_000;
const KEY = 'opsmap:reloaded';
let asked = false;

/** Load this page anew as soon as the server answers. `why` is kept for whoever looks. */
export async function reloadSafely(why: string): Promise<void> {
  if (asked) return;
  asked = true;
  window.opsmap.reloading = why;
  for (;;) {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last >= LEAST_MS && (await answers())) break;
    await new Promise((done) => window.setTimeout(done, RETRY_MS));
  }
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}
