/** Calls of one participant of one consult. Everything goes to our own origin. */
import type {
  Changes,
  ConsultFile,
  DeviceCheck,
  Download,
  Finished,
  Files,
  Invitation,
  Message,
  Messages,
  Note,
  NoteDraft,
  Session,
  SessionConsult,
  Ticket,
  Upload,
  VideoRoom,
} from './consult_types';
import { Problem, read, Unreachable } from './problem';
import { hearTime } from './server_time';

const BASE = '/api/consults';
const TIMEOUT_MS = 15_000;

/** What a link leads to; it is bound to nobody. Throws Problem, Unreachable. */
export async function look(secret: string, device: string, language?: string): Promise<Invitation> {
  return (await call('POST', '/links/look', undefined, { secret, device, language: language ?? null })) as Invitation;
}

export async function exchange(secret: string, device: string): Promise<Session> {
  return (await call('POST', '/links/exchange', undefined, { secret, device })) as Session;
}

export class ConsultApi {
  readonly #id: string;
  readonly #token: () => string;

  /** `token` is asked at each call, because sessions are renewed. */
  constructor(id: string, token: () => string) {
    this.#id = id;
    this.#token = token;
  }

  async renew(): Promise<Session> {
    return (await call('POST', '/session/renew', this.#token(), {})) as Session;
  }

  async announce(device: DeviceCheck): Promise<SessionConsult> {
    return (await this.post('/announce', { device })) as SessionConsult;
  }

  async changes(after: number): Promise<Changes> {
    return (await this.get(`/changes?after=${after}`)) as Changes;
  }

  async ticket(): Promise<Ticket> {
    return (await this.post('/channel', {})) as Ticket;
  }

  async signal(to: string, payload: string): Promise<void> {
    await this.post('/signals', { to, payload });
  }

  async room(): Promise<VideoRoom> {
    return (await this.get('/video')) as VideoRoom;
  }

  /** The practitioner moves the consult to the direct path. */
  async fallBack(): Promise<VideoRoom> {
    return (await this.post('/video/fallback', {})) as VideoRoom;
  }

  async messages(after: number): Promise<Messages> {
    return (await this.get(`/chat?after=${after}`)) as Messages;
  }

  async admit(): Promise<SessionConsult> {
    return (await this.post('/admit', {})) as SessionConsult;
  }

  async extend(until: string): Promise<SessionConsult> {
    return (await this.post('/extend', { until })) as SessionConsult;
  }

  async note(): Promise<Note> {
    return (await this.get('/notes')) as Note;
  }

  /** Throws Problem `note-changed` with `current_version` when somebody saved meanwhile. */
  async saveNote(draft: NoteDraft): Promise<Note> {
    return (await call('PUT', `${this.#path()}/notes`, this.#token(), draft)) as Note;
  }

  async finish(note: NoteDraft | null): Promise<Finished> {
    return (await this.post('/finish', { note })) as Finished;
  }

  async say(clientId: string, text: string): Promise<Message> {
    return (await this.post('/chat', { client_id: clientId, text })) as Message;
  }

  async files(): Promise<Files> {
    return (await this.get('/files')) as Files;
  }

  async download(fileId: string): Promise<Download> {
    return (await this.get(`/files/${encodeURIComponent(fileId)}/download`)) as Download;
  }

  /** Announce, upload and complete one file. `key` makes a repeated try the same upload. */
  async upload(file: File, key: string): Promise<ConsultFile> {
    const content = await file.arrayBuffer();
    const sha256 = hex(await crypto.subtle.digest('SHA-256', content));
    const declared = { name: file.name.slice(0, 200), size: file.size, sha256 };
    const path = `${this.#path()}/files`;
    const upload = (await call('POST', path, this.#token(), declared, key)) as Upload;
    const form = new FormData();
    for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
    form.append('file', new Blob([content]));
    const answer = await fetch(upload.url, { method: 'POST', body: form }).catch(() => undefined);
    if (!answer) throw new Unreachable();
    if (!answer.ok) throw new Problem(answer.status, { type: 'upload-refused' });
    return (await this.post(`/files/${upload.file_id}/complete`, {})) as ConsultFile;
  }

  #path(): string {
    return `/${encodeURIComponent(this.#id)}`;
  }

  /** What is fetched below this consult; for parts that are loaded when they are wanted. */
  async get(path: string): Promise<unknown> {
    return call('GET', this.#path() + path, this.#token());
  }

  async post(path: string, body: unknown): Promise<unknown> {
    return call('POST', this.#path() + path, this.#token(), body);
  }
}

/** One request, with its answer. Throws Problem, Unreachable. */
export async function call(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  token: string | undefined,
  body?: unknown,
  idempotencyKey?: string,
): Promise<unknown> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
  if (idempotencyKey !== undefined) headers['Idempotency-Key'] = idempotencyKey;
  const init: RequestInit = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) };
  if (body !== undefined) init.body = JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(BASE + path, init);
  } catch {
    throw new Unreachable();
  }
  hearTime(response);
  return read(response);
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, '0')).join('');
}
