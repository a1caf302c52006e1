/**
 * The video cluster's own page in a frame, driven by Jitsi's IFrame API
 * (https://jitsi.github.io/handbook/docs/dev-guide/dev-guide-iframe), whose script comes from the
 * cluster itself. What the frame tells is a hint for this page: the server's events decide.
 */
import type { VideoRoom } from './consult_types';

export type FrameState = 'loading' | 'joined' | 'left' | 'failed';

interface FrameApi {
  addListener(event: string, listener: (detail: unknown) => void): void;
  executeCommand(command: string, value: unknown): void;
  dispose(): void;
}
type FrameApiConstructor = new (domain: string, options: Readonly<Record<string, unknown>>) => FrameApi;

/** How long somebody may take to be in, the browser's question for the camera included. */
export const JOIN_WITHIN_MS = 45_000;

const scripts = new Map<string, Promise<FrameApiConstructor>>();

/** The constructor that the cluster at `domain` serves. Rejects when it cannot be had. */
export function frameApi(domain: string): Promise<FrameApiConstructor> {
  const known = scripts.get(domain);
  if (known) return known;
  const loading = load(`https://${domain}/external_api.js`);
  scripts.set(domain, loading);
  loading.catch(() => scripts.delete(domain)); // the next try asks again
  return loading;
}

function load(address: string): Promise<FrameApiConstructor> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.async = true;
    script.onload = () => {
      if (window.JitsiMeetExternalAPI) resolve(window.JitsiMeetExternalAPI);
      else reject(new Error('the video cluster served no frame API'));
    };
    script.onerror = () => {
      script.remove();
      reject(new Error('the video cluster cannot be reached'));
    };
    document.head.append(script);
  });
}

export interface FrameEvents {
  readonly onState: (state: FrameState) => void;
  /** Somebody turned his own microphone or camera off or on, inside the frame. */
  readonly onMuted: (kind: 'audio' | 'video', muted: boolean) => void;
}

export class ClusterFrame {
  readonly #events: FrameEvents;
  #api: FrameApi | undefined;
  #closed = false;
  #timer: ReturnType<typeof setTimeout>;

  /** Shows the room inside `parent`, and tells how it goes until `close`. */
  constructor(room: VideoRoom, parent: HTMLElement, language: string, events: FrameEvents) {
    this.#events = events;
    this.#timer = setTimeout(() => this.#end('failed'), JOIN_WITHIN_MS);
    void this.#open(room, parent, language);
  }

  /** Turn end-to-end encryption of what this side sends on or off. */
  encrypt(on: boolean): void {
    this.#api?.executeCommand('toggleE2EE', on);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#api?.dispose();
    this.#api = undefined;
  }

  async #open(room: VideoRoom, parent: HTMLElement, language: string): Promise<void> {
    const domain = room.domain ?? '';
    let Api: FrameApiConstructor;
    try {
      Api = await frameApi(domain);
    } catch {
      this.#end('failed');
      return;
    }
    if (this.#closed) return;
    // No name and no address of anybody: the page around says who is who. Whatever security depends
    // on is in the configuration that the cluster serves.
    this.#api = new Api(domain, {
      roomName: room.room,
      jwt: room.token,
      parentNode: parent,
      lang: language,
      width: '100%',
      height: '100%',
    });
    this.#api.addListener('videoConferenceJoined', () => {
      clearTimeout(this.#timer);
      this.#say('joined');
    });
    this.#api.addListener('videoConferenceLeft', () => this.#end('left'));
    this.#api.addListener('readyToClose', () => this.#end('left'));
    for (const kind of ['audio', 'video'] as const) {
      this.#api.addListener(`${kind}MuteStatusChanged`, (detail) => {
        this.#events.onMuted(kind, (detail as { readonly muted?: unknown }).muted === true);
      });
    }
    this.#api.addListener('errorOccurred', (detail) => {
      if (isFatal(detail)) this.#end('failed');
    });
  }

  #say(state: FrameState): void {
    if (!this.#closed) this.#events.onState(state);
  }

  /** The room is over for this frame: it goes, and the page offers the way back. */
  #end(state: FrameState): void {
    if (this.#closed) return;
    this.close();
    this.#events.onState(state);
  }
}

function isFatal(detail: unknown): boolean {
  const error = (detail as { readonly error?: { readonly isFatal?: unknown } } | undefined)?.error;
  return error?.isFatal === true;
}

declare global {
  interface Window {
    JitsiMeetExternalAPI?: FrameApiConstructor;
  }
}
