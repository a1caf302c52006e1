/** Camera, microphone and loudspeaker: opening them, and saying plainly what is wrong. */

export type DeviceState = 'waiting' | 'good' | 'missing' | 'blocked' | 'busy';

export interface Media {
  readonly stream: MediaStream;
  readonly camera: DeviceState;
  readonly microphone: DeviceState;
}

const VIDEO: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 20, max: 24 },
  facingMode: 'user',
};
const AUDIO: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true };

/** Both if possible, else whatever there is: a consult by voice is better than none. */
export async function openMedia(): Promise<Media> {
  if (!('mediaDevices' in navigator)) {
    return { stream: new MediaStream(), camera: 'missing', microphone: 'missing' };
  }
  const both = await tryOpen({ audio: AUDIO, video: VIDEO });
  if (both instanceof MediaStream) {
    return { stream: both, camera: 'good', microphone: 'good' };
  }
  const [sound, picture] = await Promise.all([tryOpen({ audio: AUDIO }), tryOpen({ video: VIDEO })]);
  const stream = new MediaStream();
  for (const part of [sound, picture]) {
    if (part instanceof MediaStream) part.getTracks().forEach((track) => stream.addTrack(track));
  }
  return { stream, camera: stateOf(picture), microphone: stateOf(sound) };
}

export function closeMedia(stream: MediaStream): void {
  stream.getTracks().forEach((track) => track.stop());
}

/** Calls back with the loudness (0 to 1) about ten times a second; returns how to stop. */
export function watchLoudness(stream: MediaStream, heard: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    heard(Math.min(1, Math.sqrt(power) * 6));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Two soft notes. */
export function playTestSound(): void {
  const context = new AudioContext();
  [523.25, 659.25].forEach((frequency, index) => {
    const note = context.createOscillator();
    const volume = context.createGain();
    const begin = context.currentTime + index * 0.25;
    note.frequency.value = frequency;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.25, begin + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.6);
    note.connect(volume).connect(context.destination);
    note.start(begin);
    note.stop(begin + 0.65);
  });
  setTimeout(() => void context.close(), 1500);
}

/** Round trip to our own origin: `poor` when it is slow or fails. */
export async function checkConnection(): Promise<'good' | 'poor'> {
  const begun = performance.now();
  try {
    const answer = await fetch('/mark.svg', { cache: 'no-store', signal: AbortSignal.timeout(6000) });
    await answer.arrayBuffer();
    return answer.ok && performance.now() - begun < 1500 ? 'good' : 'poor';
  } catch {
    return 'poor'; // unreachable is the worst kind of poor
  }
}

const IN_APP =
  /FBAN|FBAV|FB_IAB|FBIOS|Instagram|WhatsApp|Line\/|MicroMessenger|Twitter|TikTok|musical_ly|BytedanceWebview|LinkedInApp|Snapchat|Pinterest|; wv\)/;
/** A page that an iOS app shows itself; every browser there has `Safari` in its name. */
const IOS_VIEW = /\((?:iPhone|iPad|iPod)[^)]*\) AppleWebKit(?!.*Safari\/)/;

/** Browsers inside other apps, most of which cannot make video calls. */
export function inAppBrowser(agent: string = navigator.userAgent): boolean {
  return IN_APP.test(agent) || IOS_VIEW.test(agent);
}

export function onIos(agent: string = navigator.userAgent): boolean {
  return /iPhone|iPad|iPod/.test(agent);
}

/** Calls back when the user changes a permission; returns how to stop. */
export function onPermission(changed: () => void): () => void {
  const watched: PermissionStatus[] = [];
  let stopped = false;
  for (const name of ['camera', 'microphone'] as const) {
    navigator.permissions.query({ name }).then(
      (status) => {
        watched.push(status);
        if (!stopped) status.onchange = changed;
      },
      () => undefined, // a browser that does not tell (Firefox): the button stays
    );
  }
  return () => {
    stopped = true;
    for (const status of watched) status.onchange = null;
  };
}

async function tryOpen(wanted: MediaStreamConstraints): Promise<MediaStream | DOMException> {
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    if (error instanceof DOMException) return error;
    return new DOMException(String(error), 'NotFoundError'); // old browsers have errors of their own
  }
}

function stateOf(result: MediaStream | DOMException): DeviceState {
  if (result instanceof MediaStream) return 'good';
  if (result.name === 'NotAllowedError' || result.name === 'SecurityError') return 'blocked';
  // Another app, such as a phone call, holds it.
  return result.name === 'NotReadableError' || result.name === 'AbortError' ? 'busy' : 'missing';
}
