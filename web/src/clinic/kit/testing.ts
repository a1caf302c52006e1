/** What Mantine asks of a browser and jsdom does not have; for component tests. */
export function completeBrowser(): void {
  window.matchMedia ??= () =>
    ({ matches: false, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
  if (!('fonts' in document)) {
    Object.defineProperty(document, 'fonts', { value: new EventTarget() });
  }
}
