import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  DirectCall,
  LOW_SAMPLES,
  SAMPLE_MS,
  VIDEO_FLOOR,
  type AudioOnly,
  type Quality,
  type Signal,
} from './direct_call';

/** As much of a connection as the call asks for; tests turn its state and its statistics. */
class FakePeer {
  static made: FakePeer[] = [];
  connectionState = 'connected';
  signalingState = 'stable';
  localDescription: { type: string; toJSON: () => unknown } | null = null;
  remoteDescription: unknown = null;
  rate = 1_000_000;
  restarts = 0;
  described: unknown[] = [];
  onconnectionstatechange: (() => void) | null = null;
  readonly sender = {
    track: null as unknown,
    replaceTrack: (track: unknown) => Promise.resolve((this.sender.track = track)),
  };
  readonly transceiver = { direction: 'sendrecv', sender: this.sender, receiver: { track: { kind: 'video' } } };

  constructor() {
    FakePeer.made.push(this);
  }
  addTrack(track: { kind: string }): void {
    if (track.kind === 'video') this.sender.track = track;
  }
  getTransceivers() {
    return [this.transceiver];
  }
  getStats() {
    const pair = {
      type: 'candidate-pair',
      nominated: true,
      availableOutgoingBitrate: this.rate,
      currentRoundTripTime: 0.1,
    };
    return Promise.resolve(new Map([['pair', pair]]));
  }
  setLocalDescription() {
    const type = this.remoteDescription && this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    this.localDescription = { type, toJSON: () => ({ type }) };
    return Promise.resolve();
  }
  setRemoteDescription(description: { type: string }) {
    this.described.push(description);
    this.remoteDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
    return Promise.resolve();
  }
  restartIce(): void {
    this.restarts += 1;
  }
  close(): void {
    this.connectionState = 'closed';
  }
}

const camera = { kind: 'video', enabled: true };
const local = {
  getAudioTracks: () => [],
  getVideoTracks: () => [camera],
} as unknown as MediaStream;

class Scene {
  sent: Signal[] = [];
  qualities: Quality[] = [];
  audioOnly: AudioOnly[] = [];
  readonly call: DirectCall;

  constructor(polite = false) {
    this.call = new DirectCall(local, [], polite, (signal) => this.sent.push(signal), {
      onRemote: () => undefined,
      onQuality: (quality) => this.qualities.push(quality),
      onAudioOnly: (audioOnly) => this.audioOnly.push(audioOnly),
      onShowing: () => undefined,
      onBye: () => undefined,
    });
  }
  get peer(): FakePeer {
    const made = FakePeer.made.at(-1);
    if (!made) throw new Error('no connection was made');
    return made;
  }
  /** The mark of this side. */
  get mark(): string {
    const first = this.sent[0];
    if (!first || !('hello' in first)) throw new Error('no hello');
    return first.hello;
  }
  asks(): number {
    return this.sent.filter((signal) => 'hello' in signal && signal.ask).length;
  }
  offers() {
    return this.sent.filter((signal) => 'description' in signal);
  }
  turn(state: string): void {
    this.peer.connectionState = state;
    this.peer.onconnectionstatechange?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  FakePeer.made = [];
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  vi.stubGlobal('MediaStream', class {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('below what video needs', () => {
  test('the picture is paused after some samples, and the quality is said in between', async () => {
    const scene = new Scene();
    scene.peer.rate = VIDEO_FLOOR - 1;
    await vi.advanceTimersByTimeAsync((LOW_SAMPLES - 1) * SAMPLE_MS);
    expect(scene.qualities.at(-1)).toBe('poor');
    expect(scene.audioOnly).toEqual([]);
    await vi.advanceTimersByTimeAsync(SAMPLE_MS);
    expect(scene.audioOnly).toEqual(['bandwidth']);
    expect(scene.peer.sender.track).toBeNull();
  });

  test('a short dip pauses nothing', async () => {
    const scene = new Scene();
    scene.peer.rate = VIDEO_FLOOR - 1;
    await vi.advanceTimersByTimeAsync((LOW_SAMPLES - 1) * SAMPLE_MS);
    scene.peer.rate = 2 * VIDEO_FLOOR;
    await vi.advanceTimersByTimeAsync(2 * SAMPLE_MS);
    expect(scene.audioOnly).toEqual([]);
    expect(scene.qualities.at(-1)).toBe('good');
  });

  test('who turns the video on again sends it again', async () => {
    const scene = new Scene();
    scene.peer.rate = VIDEO_FLOOR - 1;
    await vi.advanceTimersByTimeAsync(LOW_SAMPLES * SAMPLE_MS);
    await scene.call.keepToAudio(false);
    expect(scene.audioOnly).toEqual(['bandwidth', 'no']);
    expect(scene.peer.sender.track).toBe(camera);
  });
});

test('audio only by choice stops the video both ways', async () => {
  const scene = new Scene();
  await scene.call.keepToAudio(true);
  expect(scene.peer.transceiver.direction).toBe('inactive');
  await scene.call.keepToAudio(false);
  expect(scene.peer.transceiver.direction).toBe('sendrecv');
});

describe('a path that broke', () => {
  test('is asked for again as long as it is broken, since signals are lost with the network', async () => {
    const scene = new Scene();
    scene.turn('disconnected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(scene.asks()).toBeGreaterThan(3);
    const before = scene.asks();
    scene.turn('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(scene.asks()).toBe(before);
  });

  test('is made anew by the impolite side alone, once the other one answers', async () => {
    for (const polite of [false, true]) {
      const scene = new Scene(polite);
      await scene.call.receive({ hello: 'other', ask: true });
      const before = scene.offers().length;
      await scene.call.receive({ hello: 'other', ask: true });
      expect(scene.offers().length - before).toBe(polite ? 0 : 1);
      expect(scene.peer.restarts).toBe(polite ? 0 : 1);
    }
  });
});

test('what was meant for a page that is no more is not applied', async () => {
  const scene = new Scene(true);
  await scene.call.receive({ hello: 'other', ask: true });
  const offer = { description: { type: 'offer' as const }, offer: '1' };
  await scene.call.receive({ from: 'other', to: 'an earlier page', ...offer });
  await scene.call.receive({ from: 'an earlier page', to: scene.mark, ...offer });
  expect(scene.peer.described).toEqual([]);
  await scene.call.receive({ from: 'other', to: scene.mark, ...offer });
  expect(scene.peer.described).toEqual([{ type: 'offer' }]);
});

test('one signal of no use does not silence those after it', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const scene = new Scene(true);
  await scene.call.receive({ hello: 'other', ask: true });
  const refused = vi.spyOn(scene.peer, 'setRemoteDescription').mockRejectedValueOnce(new Error('no'));
  const offer = { from: 'other', to: scene.mark, description: { type: 'offer' as const } };
  await scene.call.receive({ ...offer, offer: '1' });
  await scene.call.receive({ ...offer, offer: '2' });
  expect(refused).toHaveBeenCalledTimes(2);
  expect(scene.peer.described).toHaveLength(1);
});
