/**
 * What a page keeps in the browser, where the browser lets it. Some block all storage, and then even
 * looking at it throws: what was kept then lasts as long as the page.
 */
class Kept {
  readonly #find: () => Storage;
  readonly #instead = new Map<string, string>();

  constructor(find: () => Storage) {
    this.#find = find;
  }

  /** Whether what is kept outlives a reload. */
  get lasting(): boolean {
    return this.#storage() !== undefined;
  }

  get(name: string): string | undefined {
    return this.#storage()?.getItem(name) ?? this.#instead.get(name);
  }

  set(name: string, text: string): void {
    try {
      this.#find().setItem(name, text);
      this.#instead.delete(name);
    } catch {
      this.#instead.set(name, text); // blocked, or full
    }
  }

  drop(name: string): void {
    this.#instead.delete(name);
    this.#storage()?.removeItem(name);
  }

  #storage(): Storage | undefined {
    try {
      return this.#find();
    } catch {
      return undefined;
    }
  }
}

/** As long as this tab. */
export const inTab = new Kept(() => sessionStorage);
/** As long as this browser's profile. */
export const inBrowser = new Kept(() => localStorage);
