// Fails the build when it uses what the oldest supported browsers lack and nothing stands in for it.
import { readdir, readFile } from 'node:fs/promises';
import { newerInScript, newerInStyle } from './engines.mjs';

/** What is used although not every supported browser has it, and why nobody misses it. */
const ALLOWED = {
  // Methods of our own or of a library, with the name of a newer one.
  '.dispose()': "of the video cluster's frame",
  '.drop()': 'of a kept draft',
  '.escape()': 'of i18next, and CSS.escape, which is old',
  '.handle()': 'of i18next',
  '.stats()': 'of our call',
  '.toArray()': 'of React.Children',
  // Asked for before they are used.
  '.getDisplayMedia()': 'a screen can be shared where the browser can: phones mostly cannot',
  '.getTextInfo()': 'i18next then goes by its own list of right-to-left languages',
  '.startViewTransition()': 'react-router changes the page without a transition',
  // Looks and comfort: what is shown, and where, is the same without them.
  '::-webkit-scrollbar': 'hides a bar',
  ':has': "paddings: of an anchor below the banner, and within Mantine's fields",
  'backdrop-filter': 'Mantine sends the prefixed one, too',
  'content-visibility': 'lays rows out later',
  'content-visibility: auto': 'lays rows out later',
  'print-color-adjust': 'colours of bars on paper; the table beside them says the same',
  'print-color-adjust: exact': 'likewise',
  'scrollbar-width': 'width of a bar',
  'scrollbar-width: none': 'width of a bar',
  'scrollbar-width: thin': 'width of a bar',
  'text-box-edge': 'half a pixel',
  'text-box-edge: alphabetic': 'half a pixel',
  'text-box-edge: cap': 'half a pixel',
  'text-box-trim': 'half a pixel',
  'text-box-trim: trim-both': 'half a pixel',
  'text-wrap': 'where lines break',
  'text-wrap: balance': 'where lines break',
  'user-select': 'the build sends the prefixed one, too',
};
/** Brings its own stand-ins (core-js), as the tests of its makers require; only its syntax is ours to check. */
const POLYFILLED = /^pdf[.-]/;

const dist = new URL(process.argv[2] ?? '../dist/', import.meta.url);
const files = (await readdir(dist, { recursive: true })).filter((file) => /\.(?:m?js|css)$/.test(file));
const seen = new Set();
let failed = files.length === 0;
for (const file of files) {
  const text = await readFile(new URL(file, dist), 'utf8');
  let newer = file.endsWith('.css') ? newerInStyle(text) : newerInScript(text);
  if (POLYFILLED.test(file.split('/').pop())) newer = newer.filter((name) => name.startsWith('syntax'));
  for (const name of newer) {
    seen.add(name);
    if (Object.hasOwn(ALLOWED, name)) continue;
    failed = true;
    console.error(`${file}: ${name} is newer than the oldest supported browsers`);
  }
}
for (const name of Object.keys(ALLOWED).filter((name) => !seen.has(name))) {
  console.warn(`${name} is no longer used: take it off the list of what is allowed`);
}
console.log(`${files.length} files, ${Object.keys(ALLOWED).length} newer features that nobody misses`);
if (failed) process.exit(1);
