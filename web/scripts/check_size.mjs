/**
 * Fails the build when a page's first load outgrows its budget (gzip, before video), takes more
 * requests than it may, or carries a library that it was built without.
 */
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const dist = new URL(process.argv[2] ?? '../dist/', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'));

/** Modules of the manifest that a page loads before it can be used. */
const budgets = [
  { name: 'patient’s page', page: 'patient.html', kB: 40, requests: 9, preact: true },
  {
    name: 'patient’s page, asking for consent',
    page: 'patient.html',
    with: ['src/patient/consent/index.ts'],
    kB: 45,
    requests: 12,
    preact: true,
  },
  { name: 'verification of a paper', page: 'verify.html', kB: 20, requests: 9, preact: true },
  { name: 'sign-in', page: 'index.html', with: ['src/locales/clinic/door.es.ts'], kB: 200, requests: 14 },
  {
    name: 'agenda, signed in',
    page: 'index.html',
    with: [
      'src/locales/clinic/door.es.ts',
      'src/locales/clinic/desk.es.ts',
      'src/clinic/shell/routes.tsx',
      'src/clinic/agenda/page.tsx',
      'src/clinic/shell/announcements.tsx',
    ],
    kB: 385,
    requests: 34,
  },
];
/** What React and Mantine leave in a script whatever the minifier does. */
const REACT = /react\.(transitional\.)?element|mantine-/;

/** A module's file and style sheets, with those of everything that it imports. */
function filesOf(module, found = new Set()) {
  const { file, css = [], imports = [] } = manifest[module];
  if (found.has(file)) return found;
  [file, ...css].forEach((each) => found.add(each));
  imports.forEach((each) => filesOf(each, found));
  return found;
}

let failed = false;
for (const { name, page, with: more = [], kB, requests, preact = false } of budgets) {
  const html = await readFile(new URL(page, dist), 'utf8');
  const files = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]));
  [page, ...more].forEach((module) => filesOf(module, files));
  let total = gzipSync(html).length;
  for (const file of files) {
    const content = await readFile(new URL(file, dist));
    total += gzipSync(content).length;
    if (preact && file.endsWith('.js') && REACT.test(content)) {
      console.log(`${name}: ${file} carries React or Mantine`);
      failed = true;
    }
  }
  const asked = files.size + 1;
  const within = total <= kB * 1000 && asked <= requests;
  console.log(
    `${name}: ${(total / 1000).toFixed(1)} of ${kB} kB gzip, ${asked} of ${requests} requests${within ? '' : ': OVER'}`,
  );
  failed ||= !within;
}
if (failed) process.exit(1);
