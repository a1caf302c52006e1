import { expect, test } from 'vitest';
import { play } from './playback';

/** A video that a browser lets play only while it is muted, until somebody touches the page. */
function video(touched: boolean, error = 'NotAllowedError') {
  const made = {
    muted: false,
    touched,
    play: () => (made.muted || made.touched ? Promise.resolve() : Promise.reject(new DOMException('no', error))),
  };
  return made;
}

test('what the browser holds back is shown without sound, and a touch brings it', async () => {
  const held = video(false);
  expect(await play(held as unknown as HTMLVideoElement)).toBe('muted');
  expect(held.muted).toBe(true);
  held.touched = true;
  expect(await play(held as unknown as HTMLVideoElement)).toBe('on');
  expect(held.muted).toBe(false);
});

test('another stream that takes the place is no refusal', async () => {
  expect(await play(video(false, 'AbortError') as unknown as HTMLVideoElement)).toBe('on');
});
