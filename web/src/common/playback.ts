/** How a picture with its sound began: browsers want a touch first after a reload. */
export type Playing = 'on' | 'muted';

/**
 * Play with sound; where the browser refuses that without a touch, play the picture alone and say so.
 * Called again by a touch, it brings the sound.
 */
export async function play(video: HTMLVideoElement): Promise<Playing> {
  video.muted = false;
  try {
    await video.play();
    return 'on';
  } catch (error) {
    if (!refused(error)) return 'on'; // another stream took its place, or it has not come yet
  }
  video.muted = true;
  await video.play().catch(() => undefined); // not even that: the button brings both
  return 'muted';
}

function refused(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotAllowedError';
}
