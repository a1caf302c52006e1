/** Cameras, microphones and loudspeakers to choose from, and turning a phone's camera round. */
import type { ConsultVideo } from './consult_video';

export interface Devices {
  readonly cameras: readonly MediaDeviceInfo[];
  readonly microphones: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

export const NO_DEVICES: Devices = { cameras: [], microphones: [], speakers: [] };

/** Tells what can be chosen from, now and after something was plugged in or out; returns how to stop. */
export function watchDevices(onList: (devices: Devices) => void): () => void {
  if (!('mediaDevices' in navigator)) return () => undefined;
  const media = navigator.mediaDevices;
  const list = () =>
    void media.enumerateDevices().then(
      (all) => {
        const of = (kind: MediaDeviceKind) => all.filter((one) => one.kind === kind && one.deviceId !== '');
        onList({ cameras: of('videoinput'), microphones: of('audioinput'), speakers: of('audiooutput') });
      },
      () => onList(NO_DEVICES), // a browser that tells nobody
    );
  list();
  media.addEventListener('devicechange', list);
  return () => media.removeEventListener('devicechange', list);
}

/** The camera that looks the other way, on a phone. Throws DOMException. */
export async function turnCamera(video: ConsultVideo, local: MediaStream): Promise<void> {
  const facing = local.getVideoTracks()[0]?.getSettings().facingMode;
  const other = facing === 'environment' ? 'user' : 'environment';
  await video.choose('video', { facingMode: { ideal: other } });
}

/** The device that a stream's first track of a kind comes from. */
export function usedBy(tracks: readonly MediaStreamTrack[]): string {
  return tracks[0]?.getSettings().deviceId ?? '';
}
