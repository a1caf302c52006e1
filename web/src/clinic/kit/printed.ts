/** Prints a plain document: a frame of its own, so that nothing of the page around it is on the paper. */
export function printText(title: string, parts: readonly (readonly [heading: string, text: string])[]): void {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  document.body.append(frame);
  const paper = frame.contentDocument;
  const view = frame.contentWindow;
  if (!paper || !view) return;
  paper.title = title;
  const add = (tag: string, text: string) => {
    const element = paper.createElement(tag);
    element.textContent = text;
    paper.body.append(element);
  };
  add('h1', title);
  for (const [heading, text] of parts) {
    if (heading !== '') add('h2', heading);
    add('p', text);
  }
  view.addEventListener('afterprint', () => frame.remove());
  view.focus();
  view.print();
}
