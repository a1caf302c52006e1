/// <reference types="vitest/config" />
import { convertCssVariables, defaultCssVariablesResolver, mergeMantineTheme, DEFAULT_THEME } from '@mantine/core';
import react from '@vitejs/plugin-react';
import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';
import { theme, variables } from './src/clinic/theme';

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
            return [name, [...new Set([...files].map((match) => match[1]))]];
          }),
        );
        worker.code = worker.code
          .replaceAll('__SHELLS__', JSON.stringify(shells))
          .replaceAll('__VERSION__', JSON.stringify(version.digest('hex').slice(0, 12)));
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), themeStyles(), shellWorker()],
  build: {
    // Chrome, Safari and Firefox of the last three years.
    target: ['chrome117', 'safari17', 'firefox117'],
    // Nothing inline: the content security policy has no 'unsafe-inline' and no data: for scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { clinic: 'index.html', patient: 'patient.html', verify: 'verify.html', sw: 'src/worker/worker.ts' },
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: {
    proxy: { '/api': api, '/ws': { target: api, ws: true } },
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
});
