import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConsultApi } from './consult_api';
import type { VideoRoom } from './consult_types';
import { ConsultVideo, NO_VIDEO, type VideoSignal, type VideoState } from './consult_video';
import { FakeFrameApi, serveScripts } from './fake_frame_api';
import { LocalMedia } from './local_media';

const direct = vi.hoisted(() => ({ opened: 0, closed: 0, served: [] as unknown[] }));
vi.mock('./direct_call', () => ({
  DirectCall: class {
    constructor() {
      direct.opened += 1;
    }
    close(): void {
      direct.closed += 1;
    }
    serve(servers: unknown): void {
      direct.served.push(servers);
    }
  },
}));

vi.stubGlobal('RTCPeerConnection', class {});

let answer: 'loaded' | 'unreachable' = 'loaded';
const asked = serveScripts(() => answer);

const CLUSTER: VideoRoom = {
  provider: 'jitsi',
  room: 'a'.repeat(32),
  polite: false,
  ice_servers: [],
  domain: 'blue.video.example',
  token: 'participant-token',
  expires_in: 3600,
  expires_at: '2026-11-21T13:00:00Z',
};
const DIRECT: VideoRoom = { ...CLUSTER, provider: 'direct', domain: null, token: null };

class Track {
  enabled = true;
  stopped = false;
  readonly kind: string;
  constructor(kind: string) {
    this.kind = kind;
  }
  stop(): void {
    this.stopped = true;
  }
}

class Scene {
  state: VideoState = NO_VIDEO;
  room: VideoRoom = CLUSTER;
  rooms = 0;
  sent: VideoSignal[] = [];
  tracks: Track[] = [];
  readonly place = document.createElement('div');
  readonly media = new LocalMedia(() => {
    const opened = [new Track('audio'), new Track('video')];
    this.tracks.push(...opened);
    return Promise.resolve({ getTracks: () => opened } as unknown as MediaStream);
  });
  readonly api: ConsultApi;
  readonly video: ConsultVideo;

  constructor(leads = true) {
    this.api = {
      room: () => {
        this.rooms += 1;
        return Promise.resolve(this.room);
      },
      fallBack: () => {
        this.room = DIRECT;
        return Promise.resolve(DIRECT);
      },
    } as unknown as ConsultApi;
    this.video = new ConsultVideo({
      api: this.api,
      leads,
      set: (change) => {
        this.state = { ...this.state, ...change };
      },
      send: (signal) => this.sent.push(signal),
    });
  }

  /** Enter the cluster's room up to the point where the frame is there. */
  async framed(): Promise<FakeFrameApi> {
    await this.video.enter(this.media);
    this.video.mount(this.place, 'pt');
    return vi.waitFor(() => {
      const made = FakeFrameApi.made.at(-1);
      if (!made) throw new Error('no frame yet');
      return made;
    });
  }
}

beforeEach(() => {
  FakeFrameApi.made = [];
  asked.length = 0;
  answer = 'loaded';
  Object.assign(direct, { opened: 0, closed: 0, served: [] });
});

describe('relay credentials', () => {
  const relay = (credential: string) => [{ urls: ['turn:relay.example'], username: 'u', credential }];

  test('are fetched anew after an extension and given to the call that runs', async () => {
    const scene = new Scene();
    scene.room = { ...DIRECT, ice_servers: relay('first') };
    await scene.video.enter(scene.media);
    scene.room = { ...DIRECT, ice_servers: relay('longer') };
    await scene.video.renew();
    expect(direct.served).toMatchObject([[{ credential: 'longer' }]]);
    expect([direct.opened, direct.closed]).toEqual([1, 0]);
  });

  test('are asked for again when they could not be had', async () => {
    vi.useFakeTimers();
    const scene = new Scene();
    scene.room = { ...DIRECT, ice_servers: relay('first') };
    await scene.video.enter(scene.media);
    const asked = vi.spyOn(scene.api, 'room').mockRejectedValueOnce(new Error('offline'));
    await scene.video.renew();
    expect(direct.served).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(direct.served).toHaveLength(1);
    scene.video.leave();
    vi.useRealTimers();
  });

  test('concern no call in the cluster’s frame', async () => {
    const scene = new Scene();
    await scene.video.enter(scene.media);
    const before = scene.rooms;
    await scene.video.renew();
    expect([scene.rooms, direct.served.length]).toEqual([before, 0]);
  });
});

describe('the video cluster', () => {
  test('is entered by its own script with room, token and language, and nobody’s name', async () => {
    const scene = new Scene();
    const frame = await scene.framed();
    expect(asked).toEqual(['https://blue.video.example/external_api.js']);
    expect(frame.domain).toBe('blue.video.example');
    expect(frame.options).toMatchObject({ roomName: 'a'.repeat(32), jwt: 'participant-token', lang: 'pt' });
    expect(Object.keys(frame.options)).not.toContain('userInfo');
    expect(scene.tracks).toEqual([]);
    frame.tell('videoConferenceJoined');
    expect(scene.state).toMatchObject({ provider: 'jitsi', frame: 'joined' });
  });

  test('lets go of the camera that the page had opened', async () => {
    const scene = new Scene();
    await scene.media.open();
    await scene.framed();
    expect(scene.tracks.map((track) => track.stopped)).toEqual([true, true]);
  });

  test('is said to fail when its script cannot be had, and is asked again by the next try', async () => {
    answer = 'unreachable';
    const scene = new Scene();
    scene.room = { ...CLUSTER, domain: 'green.video.example' };
    await scene.video.enter(scene.media);
    const unmount = scene.video.mount(scene.place, 'es');
    await vi.waitFor(() => expect(scene.state.frame).toBe('failed'));
    answer = 'loaded';
    const before = scene.state.entry;
    await scene.video.again();
    expect(scene.state.entry).toBeGreaterThan(before);
    unmount();
    scene.video.mount(scene.place, 'es');
    await vi.waitFor(() => expect(FakeFrameApi.made).toHaveLength(1));
    expect(scene.rooms).toBe(2);
  });

  test.each([
    ['videoConferenceLeft', {}, 'left'],
    ['errorOccurred', { error: { isFatal: true } }, 'failed'],
  ])('%s takes the frame away and offers the way back', async (event, detail, state) => {
    const scene = new Scene();
    const frame = await scene.framed();
    frame.tell('videoConferenceJoined');
    frame.tell('errorOccurred', { error: { isFatal: false } });
    expect(scene.state.frame).toBe('joined');
    frame.tell(event, detail);
    expect(frame.disposed).toBe(true);
    expect(scene.state.frame).toBe(state);
  });

  test('is given up when nobody gets in within the time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const scene = new Scene();
      await scene.video.enter(scene.media);
      scene.video.mount(scene.place, 'es');
      for (let i = 0; i < 20; i += 1) await Promise.resolve();
      await import('./cluster_frame');
      await vi.advanceTimersByTimeAsync(46_000);
      expect(scene.state.frame).toBe('failed');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('moving to the direct path', () => {
  test('is one call of the practitioner’s page', async () => {
    const scene = new Scene();
    const frame = await scene.framed();
    frame.tell('videoConferenceJoined');
    await scene.video.fallBack();
    expect(scene.state.provider).toBe('direct');
    expect(direct.opened).toBe(1);
  });

  test('is followed by the other page, once, however often the consult says so', async () => {
    const scene = new Scene(false);
    await scene.framed();
    scene.room = DIRECT;
    for (let i = 0; i < 3; i += 1) scene.video.follow('direct');
    await vi.waitFor(() => expect(scene.state.provider).toBe('direct'));
    expect([scene.rooms, direct.opened]).toEqual([2, 1]);
  });

  test('is not undone by an answer that was on its way before the move', async () => {
    const scene = new Scene();
    await scene.framed();
    await scene.video.fallBack();
    scene.video.follow('jitsi');
    expect(scene.state.provider).toBe('direct');
    expect(direct.closed).toBe(0);
  });

  test('leaves a camera off that was turned off in the frame', async () => {
    const scene = new Scene();
    const frame = await scene.framed();
    frame.tell('videoMuteStatusChanged', { muted: true });
    frame.tell('audioMuteStatusChanged', { muted: true });
    frame.tell('audioMuteStatusChanged', { muted: false });
    await scene.video.fallBack();
    expect(scene.tracks.map((track) => [track.kind, track.enabled])).toEqual([
      ['audio', true],
      ['video', false],
    ]);
  });

  test('does not bring back a call that the page has left', async () => {
    const scene = new Scene();
    await scene.framed();
    scene.video.leave();
    scene.video.follow('direct');
    await Promise.resolve();
    expect([scene.state.provider, direct.opened]).toEqual([undefined, 0]);
  });
});

test('a browser that makes no calls says so, and the consult stays open', async () => {
  Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
  const scene = new Scene();
  scene.room = DIRECT;
  await scene.video.enter(scene.media);
  expect(scene.state).toMatchObject({ provider: 'direct', quality: 'lost', remote: undefined });
  expect([direct.opened, scene.rooms]).toEqual([0, 1]);
});
