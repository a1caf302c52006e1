/**
 * The service worker of both entries: it keeps the shell, so that a page opens without a network,
 * and nothing else. An answer of the API never passes through it.
 *
 * Pages come from the network and only fall back to the kept copy; assets carry their hash in the
 * name and never change, so a kept one is as good as a fetched one. A new version takes over at
 * once, but what the one before has kept stays for the pages that still run it: a consultation may
 * be open in one.
 */
export {}; // a module, so that `self` below is only this file's
declare const self: ServiceWorkerGlobalScope;
/** Written in by the build: each page with the files it loads first, and a hash of all of it. */
declare const __SHELLS__: Readonly<Record<'index.html' | 'patient.html', readonly string[]>>;
declare const __VERSION__: string;

const PATIENT_PATH = '/c/';
const SLOW_MS = 4000;

// One registration a scope: the patient's page never fetches the clinic's shell.
const ofPatient = new URL(self.registration.scope).pathname === PATIENT_PATH;
const page = ofPatient ? '/patient.html' : '/index.html';
const prefix = `shell ${ofPatient ? 'patient' : 'clinic'} `;
const cacheName = prefix + __VERSION__;

self.addEventListener('install', (event) => {
  const files = __SHELLS__[ofPatient ? 'patient.html' : 'index.html'];
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll([new Request(page, { cache: 'reload' }), ...files]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(prefix) && name !== cacheName))
      // In order of their creation: the last of them is the version before this one.
      .then((older) => Promise.all(older.slice(0, -1).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (request.mode === 'navigate' && isOurs(url.pathname)) event.respondWith(shell(request));
});

/** A page of this scope; what has a file's name, or is answered by an API, is not one. */
function isOurs(path: string): boolean {
  if (/^\/(api|ws|blobs|uploads|videoconsultation|verify)(\/|$)/.test(path) || /\.[^/]*$/.test(path)) return false;
  return path.startsWith(PATIENT_PATH) === ofPatient;
}

async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(cacheName)).put(request, answer.clone());
  return answer;
}

async function shell(request: Request): Promise<Response> {
  const network = fetch(request);
  const kept = await (await caches.open(cacheName)).match(page);
  if (!kept) return network;
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), SLOW_MS));
  return Promise.race([network, late]).then(
    (answer) => (answer.status < 500 ? answer : kept),
    () => kept,
  );
}
