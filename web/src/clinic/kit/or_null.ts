/** A field's text as contracts take it: null when nothing was typed. */
export function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
