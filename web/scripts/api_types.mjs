// Generates src/api/<app>.d.ts from schemas/openapi/<app>.json; with --check, fails when one is stale.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const source = new URL('../../schemas/openapi/', import.meta.url);
const target = new URL('../src/api/', import.meta.url);
const check = process.argv.includes('--check');
await mkdir(target, { recursive: true });

let stale = 0;
for (const file of (await readdir(source)).filter((name) => name.endsWith('.json'))) {
  const out = new URL(file.replace(/\.json$/, '.d.ts'), target);
  const text = astToString(await openapiTS(new URL(file, source), { defaultNonNullable: false }));
  const present = await readFile(out, 'utf8').catch(() => '');
  if (present === text) continue;
  stale += 1;
  if (check) console.error(`${out.pathname.split('/').pop()} is stale: run npm run types`);
  else await writeFile(out, text);
}
if (check && stale > 0) process.exit(1);
