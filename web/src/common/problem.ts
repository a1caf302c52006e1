/** A refusal of the API (RFC 9457). `kind` is the stable last part of its type. */
export class Problem extends Error {
  readonly kind: string;
  readonly status: number;
  readonly fields: readonly FieldProblem[];
  readonly extra: Readonly<Record<string, unknown>>;
  readonly instance: string;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    const kind = typeof body['type'] === 'string' ? body['type'].replace(/^.*:/, '') : 'unknown';
    super(`HTTP ${status} ${kind}`); // the server's sentence is English, and for developers
    this.kind = kind;
    this.status = status;
    this.fields = Array.isArray(body['errors']) ? (body['errors'] as FieldProblem[]) : [];
    this.instance = typeof body['instance'] === 'string' ? body['instance'] : '';
    this.extra = body;
  }
}

export interface FieldProblem {
  readonly pointer: string;
  readonly code: string;
  /** Limits, units and characters that a text of ours may name. */
  readonly params?: Readonly<Record<string, string | number | boolean | null>>;
}

/** The network did not carry the request; nothing is known about its effect. */
export class Unreachable extends Error {
  constructor() {
    super('the network did not answer');
  }
}

/** The answer's JSON, or a thrown `Problem`. An empty answer is `undefined`. */
export async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  const body = parse(text);
  if (response.ok) return body;
  throw new Problem(response.status, isRecord(body) ? body : {});
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // an intermediary's HTML page: the status alone says what happened
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
