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
      if (!onNewVersion) return;
      const look = () => void registration.update().catch(() => undefined); // offline: later
      const timer = setInterval(look, LOOK_EVERY_MS);
      registration.addEventListener('updatefound', () => {
        void isOutdated(scope).then((outdated) => {
          if (!outdated) return;
          clearInterval(timer);
          onNewVersion();
        });
      });
    })
    .catch((error: unknown) => console.warn('the shell is not kept for offline use', error));
}

/** Whether the published page no longer names the script that runs here. */
async function isOutdated(path: string): Promise<boolean> {
  const running = document.querySelector<HTMLScriptElement>('script[type="module"]')?.getAttribute('src');
  const answer = await fetch(path, { cache: 'no-store' }).catch(() => undefined);
  return answer?.ok === true && !(await answer.text()).includes(running ?? '');
}
