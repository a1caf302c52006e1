// @vitest-environment node
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import type { Part } from './parts';
import { AREAS as OWN } from './texts';

const EVERY: ReadonlySet<Part> = new Set(['door', 'desk', 'care', 'office']);
/** What is there before a page is fetched: of the frame around it, signed in; of the first script. */
const FIRST: Readonly<Record<string, readonly Part[]>> = {
  'src/clinic/main.tsx': ['door'],
  'src/clinic/shell/routes.tsx': ['door', 'desk'],
};

interface Module {
  readonly text: string;
  readonly imports: readonly string[];
  /** Modules fetched later, and the parts that are fetched beside each. */
  readonly later: readonly (readonly [string, readonly string[]])[];
}

const FILES = { door: 'door.es', desk: 'desk.es', care: 'es', office: 'office.es' } as const;
const AREAS = ['countries', ...Object.keys(OWN)];

/** The part that has the texts of each folder. */
const homes = Object.entries(FILES).flatMap(([part, file]) =>
  [...readFileSync(`src/locales/clinic/${file}.ts`, 'utf8').matchAll(/from '\.\/(\w+)\/es\.json'/g)].map(
    ([, folder = '']) => [folder, part as Part] as const,
  ),
);

/** The part that the texts below a branch are in. */
const parts = new Map(
  homes.flatMap(([folder, part]) => {
    const texts = JSON.parse(readFileSync(`src/locales/clinic/${folder}/es.json`, 'utf8')) as object;
    return Object.keys(texts).map((branch) => [branch, part] as const);
  }),
);

function resolved(from: string, name: string): string | undefined {
  const path = normalize(join(dirname(from), name));
  return ['.tsx', '.ts', '/index.ts', '']
    .map((end) => path + end)
    .find((each) => /\.tsx?$/.test(each) && existsSync(each));
}

function read(path: string): Module {
  const text = readFileSync(path, 'utf8');
  const found = (pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, name = '', more = '']) => [name, more] as const);
  const to = (name: string) => resolved(path, name) ?? '';
  return {
    text,
    imports: found(/^(?:import|export)\s(?!type\b)(?:[^'";]*?from\s)?'(\.[^']+)'/gm).map(([name]) => to(name)),
    later: found(/import\('(\.[^']+)'\)((?:,\s*'\w+')*)/g).map(([name, more]) => [to(name), more.match(/\w+/g) ?? []]),
  };
}

const modules = new Map<string, Module>();
function moduleOf(path: string): Module {
  const known = modules.get(path) ?? read(path);
  modules.set(path, known);
  return known;
}

/** Everything that comes with a module, itself included. */
function closure(path: string, found = new Set<string>()): Set<string> {
  if (path === '' || found.has(path)) return found;
  found.add(path);
  moduleOf(path).imports.forEach((each) => closure(each, found));
  return found;
}

/** Parts that are there whatever way led to each module that is fetched by itself. */
function provided(): Map<string, ReadonlySet<Part>> {
  const there = new Map<string, ReadonlySet<Part>>([['src/clinic/main.tsx', new Set(FIRST['src/clinic/main.tsx'])]]);
  const waiting = [...there.keys()];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    for (const [target, more] of [...closure(entry)].flatMap((path) => moduleOf(path).later)) {
      if (!target.startsWith('src/clinic/')) continue;
      const before = there.get(target) ?? EVERY;
      const now = new Set([...(there.get(entry) ?? []), ...(more as Part[]), ...(FIRST[target] ?? [])]);
      const both = new Set([...before].filter((part) => now.has(part)));
      if (there.has(target) && both.size === before.size) continue;
      there.set(target, both);
      waiting.push(target);
    }
  }
  return there;
}

/** Branches of the clinic's own texts that a module shows; those of an area's own are no such. */
function branches(text: string): string[] {
  const own = /useTranslation\('/.test(text) ? [] : [...text.matchAll(/['`](\w+)\.[\w$]/g)];
  return own.map(([, branch = '']) => branch).filter((branch) => parts.has(branch));
}

test('every folder of texts is in one part, or an area of its own', () => {
  const folders = readdirSync('src/locales/clinic', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const known = [...homes.map(([folder]) => folder), ...AREAS];
  expect(known.sort()).toEqual(folders.map(({ name }) => name).sort());
});

test('every page is fetched together with the texts that it shows', () => {
  const entries = provided();
  expect(entries.size).toBeGreaterThan(40);
  const missing = [...entries].flatMap(([entry, there]) =>
    [...closure(entry)].flatMap((path) =>
      branches(moduleOf(path).text)
        .filter((branch) => !there.has(parts.get(branch) ?? 'care'))
        .map((branch) => `${entry}: ${branch} of ${path}`),
    ),
  );
  expect([...new Set(missing)].sort()).toEqual([]);
});
