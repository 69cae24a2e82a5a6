// The build: its pages, served from /static/, with names that depend on content only.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const PAGES = [
  'leaders', 'fisheries', 'cases', 'books', 'login', 'places', 'wall', 'sources', 'law', 'storm', 'intake', 'shift', 'reports', 'citizens', 'surveys',
  'leaders', 'fisheries', 'cases', 'books', 'login', 'places', 'wall', 'sources', 'law', 'storm', 'intake', 'shift', 'reports', 'citizens', 'fields',
  'leaders', 'fisheries', 'cases', 'books', 'login', 'places', 'wall', 'sources', 'law', 'storm', 'intake', 'shift', 'reports', 'citizens', 'tasks',
  'leaders', 'fisheries', 'cases', 'books', 'login', 'places', 'wall', 'sources', 'law', 'storm', 'intake', 'shift', 'reports', 'citizens', 'pilot',
];
const page = (name: string): string => fileURLToPath(new URL(`./${name}.html`, import.meta.url));
const backend = process.env['OPSMAP_BACKEND'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  base: '/static/',
  plugins: [svelte()],
  build: {
    outDir: '../static',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // data: URIs are outside font-src 'self'
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: Object.fromEntries(PAGES.map((name) => [name, page(name)])),
    },
  },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/api': backend,
      '/style': backend,
      '/tiles': backend,
      '/live': { target: backend, ws: true },
    },
  },
  test: { include: ['test/**/*.test.ts'], environment: 'node', css: true },
});
