// Fails the build when an entry's first load outgrows its budget (gzip, before video).
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const budgets = { 'patient.html': 60_000, 'verify.html': 20_000, 'index.html': 330_000 };

let failed = false;
for (const [page, budget] of Object.entries(budgets)) {
  const html = await readFile(new URL(page, dist), 'utf8');
  const loaded = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
  let total = gzipSync(html).length;
  for (const file of new Set(loaded)) total += gzipSync(await readFile(new URL(file, dist))).length;
  const verdict = total <= budget ? 'within' : 'OVER';
  console.log(`${page}: ${(total / 1000).toFixed(1)} kB gzip, ${verdict} ${budget / 1000} kB`);
  failed ||= total > budget;
}
if (failed) process.exit(1);
