/** What is asked of a browser and jsdom does not have; for component tests. */
export function completeBrowser(): void {
  if (typeof window.matchMedia !== 'function') {
    const query = { matches: false, addEventListener: () => undefined, removeEventListener: () => undefined };
    Object.defineProperty(window, 'matchMedia', { value: () => query });
  }
  if (!('fonts' in document)) {
    Object.defineProperty(document, 'fonts', { value: new EventTarget() });
  }
  if (!('scrollIntoView' in Element.prototype)) {
    Object.defineProperty(Element.prototype, 'scrollIntoView', { value: () => undefined });
  }
}
