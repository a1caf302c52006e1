/**
 * `virtual:mantine.css`: Mantine's style sheet with the rules of the components that we use. A rule
 * left out names a class that no script of ours contains, so it could never match.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import postcss from 'postcss';
import type { Plugin } from 'vite';

const VIRTUAL = 'virtual:mantine.css';
const CORE = dirname(dirname(createRequire(import.meta.url).resolve('@mantine/core')));
const COMPONENTS = join(CORE, 'esm', 'components');
/** A class of a component, as Mantine's own build named it. */
const CLASS = /m_[0-9a-f]{3,}/g;

export function mantineStyles(sources: readonly string[]): Plugin {
  let whole = true;
  return {
    name: 'mantine-styles',
    configResolved: ({ command }) => {
      whole = command === 'serve'; // there a component may come into use at any moment
    },
    resolveId: (id) => (id === VIRTUAL ? `\0${VIRTUAL}` : undefined),
    load(id) {
      if (id !== `\0${VIRTUAL}`) return undefined;
      const css = readFileSync(join(CORE, 'styles.layer.css'), 'utf8');
      return whole ? css : only(css, classesOf(used(sources)));
    },
  };
}

function scripts(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|mjs)$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Folders of the components that these sources import, and of those that they are made of. */
function used(sources: readonly string[]): ReadonlySet<string> {
  const known = new Set(readdirSync(COMPONENTS));
  const found = new Set<string>();
  const waiting = sources
    .flatMap(scripts)
    .flatMap((text) => [...text.matchAll(/import\s*\{([^}]*)\}\s*from\s*["']@mantine\/core["']/g)])
    .flatMap(([, names = '']) => names.match(/\w+/g) ?? []);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (!known.has(name) || found.has(name)) continue;
    found.add(name);
    for (const text of scripts(join(COMPONENTS, name))) {
      waiting.push(...[...text.matchAll(/["']\.\.\/(\w+)\//g)].map(([, other = '']) => other));
    }
  }
  return found;
}

function classesOf(components: ReadonlySet<string>): ReadonlySet<string> {
  const folders = [...components].map((name) => join(COMPONENTS, name));
  const shared = [join(CORE, 'esm', 'core'), join(CORE, 'esm', 'utils')];
  return new Set([...folders, ...shared].flatMap(scripts).flatMap((text) => text.match(CLASS) ?? []));
}

function only(css: string, classes: ReadonlySet<string>): string {
  const root = postcss.parse(css);
  root.walkRules((rule) => {
    const kept = rule.selectors.filter((selector) => (selector.match(CLASS) ?? []).every((name) => classes.has(name)));
    if (kept.length === 0) rule.remove();
    else if (kept.length < rule.selectors.length) rule.selectors = kept;
  });
  root.walkAtRules((rule) => {
    if (rule.nodes?.length === 0) rule.remove();
  });
  return root.toString();
}
