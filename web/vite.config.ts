/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['TELESALUD_ORIGIN'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    // Chrome, Safari and Firefox of the last three years.
    target: ['chrome117', 'safari17', 'firefox117'],
    // Nothing inline: the content security policy has no 'unsafe-inline' and no data: for scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { clinic: 'index.html', patient: 'patient.html' } },
  },
  server: {
    proxy: { '/api': api, '/ws': { target: api, ws: true } },
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
});
