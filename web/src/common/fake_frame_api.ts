/** For tests: a page that loads the cluster's script gets this instead of Jitsi's IFrame API. */

type Listener = (detail: unknown) => void;

export class FakeFrameApi {
  static made: FakeFrameApi[] = [];
  readonly domain: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly commands: (readonly [string, unknown])[] = [];
  disposed = false;
  readonly #listeners = new Map<string, Listener[]>();

  constructor(domain: string, options: Readonly<Record<string, unknown>>) {
    this.domain = domain;
    this.options = options;
    FakeFrameApi.made.push(this);
    (options['parentNode'] as HTMLElement).append(document.createElement('iframe'));
  }

  addListener(event: string, listener: Listener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  executeCommand(command: string, value: unknown): void {
    this.commands.push([command, value]);
  }

  dispose(): void {
    this.disposed = true;
    (this.options['parentNode'] as HTMLElement).replaceChildren();
  }

  tell(event: string, detail: unknown = {}): void {
    this.#listeners.get(event)?.forEach((listener) => listener(detail));
  }
}

/** Answer script elements as a server would: 'loaded' or 'unreachable'. Returns their addresses. */
export function serveScripts(how: () => 'loaded' | 'unreachable'): string[] {
  const asked: string[] = [];
  new MutationObserver((records) => {
    for (const node of records.flatMap((record) => [...record.addedNodes])) {
      if (!(node instanceof HTMLScriptElement)) continue;
      asked.push(node.src);
      if (how() === 'loaded') window.JitsiMeetExternalAPI = FakeFrameApi;
      node.dispatchEvent(new Event(how() === 'loaded' ? 'load' : 'error'));
    }
  }).observe(document.head, { childList: true });
  return asked;
}
