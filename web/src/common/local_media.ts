/** This page's camera and microphone: open while the direct call needs them, free for the frame. */
export class LocalMedia {
  readonly #ask: () => Promise<MediaStream>;
  #stream: Promise<MediaStream> | undefined;

  /** `ask` opens what there is; it answers with an empty stream instead of failing. */
  constructor(ask: () => Promise<MediaStream>) {
    this.#ask = ask;
  }

  open(): Promise<MediaStream> {
    this.#stream ??= this.#ask();
    return this.#stream;
  }

  /** Take a stream that was opened before, such as by the device check. */
  adopt(stream: MediaStream): void {
    this.#stream = Promise.resolve(stream);
  }

  close(): void {
    const opened = this.#stream;
    this.#stream = undefined;
    void opened?.then((stream) => stream.getTracks().forEach((track) => track.stop()));
  }
}
