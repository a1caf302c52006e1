/** Files to and from the store: a presigned POST (S3) with progress, and a short-lived link back. */
import { Unreachable } from '../../common/problem';

export interface Upload {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export const LARGEST_BYTES = 33_554_432;

/** Hexadecimal SHA-256, which the server compares with what arrives. */
export async function sha256(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Sends a file; `onProgress` hears the share sent, 0 to 1. XMLHttpRequest, as fetch tells no progress. */
export function send(upload: Upload, file: File, onProgress: (share: number) => void): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append('file', file); // S3 wants the file last
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', upload.url);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? resolve() : reject(new Unreachable()));
    request.onerror = () => reject(new Unreachable());
    request.send(form);
  });
}

/** The content behind a short-lived link of our own origin. */
export async function fetched(url: string): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetch(url);
  } catch {
    throw new Unreachable();
  }
  if (!answer.ok) throw new Unreachable();
  return answer.blob();
}

export function size(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte'] as const;
  const power = bytes < 1000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[power],
    maximumFractionDigits: power === 2 ? 1 : 0,
  }).format(bytes / 1000 ** power);
}
