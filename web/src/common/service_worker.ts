/** Registers the worker that keeps the shell, and notices when a newer version was published. */
const LOOK_EVERY_MS = 30 * 60_000;

/**
 * `scope` is `/` for the clinic and `/c/` for the patient's page. `onNewVersion` is called once, as
 * soon as the server has another version than the one that runs here.
 */
export function keepShell(scope: '/' | '/c/', onNewVersion?: () => void): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker
    .register('/sw.js', { scope, updateViaCache: 'none' })
    .then((registration) => {
      if (onNewVersion) watch(registration, scope, onNewVersion);
    })
    .catch((error: unknown) => console.warn('the shell is not kept for offline use', error));
}

function watch(registration: ServiceWorkerRegistration, scope: string, onNewVersion: () => void): void {
  let told = false;
  const tell = () => {
    if (told) return; // two comparisons were under way
    told = true;
    clearInterval(timer);
    onNewVersion();
  };
  const compare = async () => {
    if (!told && (await isOutdated(scope))) tell();
  };
  // Compared each time, too: the page may have been out of reach when the new worker was found.
  const look = () => void registration.update().then(compare, () => undefined); // offline: later
  const timer = setInterval(look, LOOK_EVERY_MS);
  registration.addEventListener('updatefound', () => void compare());
}

/** Whether the published page no longer names every script that runs here. */
async function isOutdated(path: string): Promise<boolean> {
  const running = [...document.querySelectorAll('script[type="module"]')].map(
    (script) => script.getAttribute('src') ?? '',
  );
  const answer = await fetch(path, { cache: 'no-store' }).catch(() => undefined);
  if (answer?.ok !== true) return false;
  const page = await answer.text();
  return running.some((script) => !page.includes(script));
}
