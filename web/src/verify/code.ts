/** Codes as they are printed: 20 characters of Crockford's base 32, in groups of five. */
const ALPHABET = /^[0-9A-HJKMNP-TV-Z]{20}$/;

/** The 20 characters whatever the case, spacing and misread letters; undefined when it is no code. */
export function normal(text: string): string | undefined {
  const plain = text.replace(/[\s-]/g, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');
  return ALPHABET.test(plain) ? plain : undefined;
}

/** `ABCDE-FGHIJ-…`, as on the paper. */
export function grouped(plain: string): string {
  return plain.replace(/(.{5})(?=.)/g, '$1-');
}

/** The code that the QR square led here with, taken out of the address bar and the history. */
export function takeCode(): string {
  const code = decodeURIComponent(location.hash.slice(1));
  if (code !== '') history.replaceState(null, '', location.pathname);
  return code;
}
