/// <reference types="vitest/config" />
import { createHash } from 'node:crypto';
import { convertCssVariables, defaultCssVariablesResolver, mergeMantineTheme, DEFAULT_THEME } from '@mantine/core';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type Rolldown } from 'vite';
import project from './package.json' with { type: 'json' };
import { mantineStyles } from './scripts/mantine_styles';
import { theme, variables } from './src/clinic/kit/theme';

const api = process.env['TELESALUD_ORIGIN'] ?? 'http://127.0.0.1:8080';
const THEME = 'virtual:theme.css';

/**
 * Mantine writes its theme's variables into a <style> element at run time, which our content
 * security policy forbids. They never change, so they are written into the style sheet instead.
 */
function themeStyles(): Plugin {
  return {
    name: 'theme-styles',
    resolveId: (id) => (id === THEME ? `\0${THEME}` : undefined),
    load(id) {
      if (id !== `\0${THEME}`) return undefined;
      const full = mergeMantineTheme(DEFAULT_THEME, theme);
      const [base, ours] = [defaultCssVariablesResolver(full), variables(full)];
      return convertCssVariables({
        variables: { ...base.variables, ...ours.variables },
        light: { ...base.light, ...ours.light, '--mantine-color-scheme': 'light' },
        dark: { ...base.dark, ...ours.dark, '--mantine-color-scheme': 'dark' },
      });
    },
  };
}

type Bundle = Rolldown.OutputBundle;
type Output = Bundle[string];

/** What every page of somebody signed in needs, and index.html does not name. */
function isBehind(each: Output): boolean {
  return (
    each.type === 'chunk' && /src[\\/]clinic[\\/]shell[\\/](routes|announcements)\.tsx$/.test(each.facadeModuleId ?? '')
  );
}

/** Addresses of a chunk and its styles, and of what it imports. */
function filesOf(each: Output | undefined, bundle: Bundle, seen = new Set<Output>()): string[] {
  if (each?.type !== 'chunk' || seen.has(each)) return [];
  seen.add(each);
  const own = [each.fileName, ...(each.viteMetadata?.importedCss ?? [])].map((file) => `/${file}`);
  return [...own, ...each.imports.flatMap((name) => filesOf(bundle[name], bundle, seen))];
}

/** Tells the service worker which files each page loads first, and names its cache after them. */
function shellWorker(): Plugin {
  return {
    name: 'shell-worker',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') throw new Error('the build has no sw.js');
        const version = createHash('sha256');
        const shells = Object.fromEntries(
          ['index.html', 'patient.html'].map((name) => {
            const page = bundle[name];
            if (page?.type !== 'asset') throw new Error(`the build has no ${name}`);
            version.update(page.source);
            const files = String(page.source).matchAll(/(?:src|href)="(\/(?:assets\/)?[^"/]+\.(?:js|css|svg))"/g);
            const behind =
              name === 'index.html'
                ? Object.values(bundle).flatMap((each) => (isBehind(each) ? filesOf(each, bundle) : []))
                : [];
            return [name, [...new Set([...[...files].map((match) => match[1]), ...behind])]];
          }),
        );
        worker.code = worker.code
          .replaceAll('__SHELLS__', JSON.stringify(shells))
          .replaceAll('__VERSION__', JSON.stringify(version.digest('hex').slice(0, 12)));
      },
    },
  };
}

/** The clinic's own code and its libraries; what the patient's page shares is not among them. */
const CLINIC = /src[\\/]clinic[\\/](?!main\.|early\.)|node_modules[\\/](?!preact)/;

/**
 * Few files instead of a hundred small ones: on a slow link each request costs a round trip. What
 * the clinic loads first is one file; what its pages share is put together by who needs it.
 */
const GROUPS = [
  { name: 'preact', test: /node_modules[\\/]preact/, priority: 5 },
  {
    name: 'common',
    test: /src[\\/](brand|common[\\/](kept|problem|service_worker|uuid))|preload-helper|rolldown[\\/]runtime/,
    priority: 4,
  },
  // What the call needs on either page; the clinic fetches it with the first room.
  { name: 'consult', test: /src[\\/]common[\\/](?!cluster_frame|note_keeper)/, priority: 3 },
  {
    name: 'visit',
    test: /src[\\/](patient[\\/](?!practitioner|consent|main\.)|locales[\\/]patient[\\/](es|index)\.)/,
    priority: 3,
  },
  {
    name: 'start',
    test: /src[\\/]clinic[\\/](language[\\/](texts|parts)|data[\\/](session[\\/]restoring|server[\\/]tokens))\./,
    priority: 3,
  },
  { name: 'base', test: CLINIC, tags: ['$initial' as const], priority: 2 },
  // The frame around every page, then the page that most people begin with, each with what it needs.
  { name: 'frame', test: /src[\\/]clinic[\\/]shell[\\/](routes|announcements)\./, priority: 1.9 },
  { name: 'agenda', test: /src[\\/]clinic[\\/]agenda[\\/]page\./, priority: 1.8 },
  { name: 'shared', test: CLINIC, minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 10_000 },
];

/** Adds the script that starts, beside the clinic's own, what that will wait for (src/clinic/early.ts). */
function earlyScript(): Plugin {
  return {
    name: 'early-script',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle, path }) {
        const early = Object.values(bundle ?? {}).find(
          (each) => each.type === 'chunk' && each.name === 'early' && each.isEntry,
        );
        if (path !== '/index.html' || !early) return undefined;
        // Without `async` it would wait for the style sheets and for the script before it.
        return [
          {
            tag: 'script',
            attrs: { type: 'module', async: true, crossorigin: true, src: `/${early.fileName}` },
            injectTo: 'head',
          },
        ];
      },
    },
  };
}

export default defineConfig({
  plugins: [
    react(),
    themeStyles(),
    mantineStyles(['src/clinic', 'node_modules/@mantine/dates/esm', 'node_modules/@mantine/notifications/esm']),
    earlyScript(),
    shellWorker(),
  ],
  build: {
    // Chrome, Safari and Firefox of the last three years; scripts/check_engines.mjs looks after it.
    target: project.browserslist.map((browser) => browser.replace(' ', '')),
    // Nothing inline: the content security policy has no 'unsafe-inline' and no data: for scripts.
    assetsInlineLimit: 0,
    // For scripts/check_size.mjs.
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        clinic: 'index.html',
        patient: 'patient.html',
        verify: 'verify.html',
        sw: 'src/worker/worker.ts',
        early: 'src/clinic/early.ts',
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: ({ name }) => `assets/${name.split('~')[0]}-[hash].js`,
        codeSplitting: { groups: GROUPS },
      },
    },
  },
  server: {
    proxy: { '/api': api, '/ws': { target: api, ws: true } },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}', 'scripts/*.test.{mjs,ts}'],
    setupFiles: ['scripts/every_text.ts'],
  },
});
