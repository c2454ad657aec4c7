// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run docs:browser: opens every page of dist/docs in Debian's Chromium, and follows each link of what it shows.
// Fails for a dead link, a file that a page does not get, and an error of a script. Needs no network but for installing
// Chromium.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { installPackages } from '../debian-packages.mjs';
import { path } from '../package/release.mjs';

const missing = installPackages({ chromium: ['/usr/bin/chromium'] });
if (missing !== undefined) {
  process.stderr.write(`${missing}\n`);
  process.exit(1);
}
const folder = path('dist/docs');
const pages = readdirSync(folder, { recursive: true })
  .filter((file) => file.endsWith('.html') && !file.startsWith('libraries/') && file !== '404.html')
  .map((file) => `/${file.replace(/(^|\/)index\.html$/, '$1')}`);

/** Runs in the browser: reports the problems of all pages, which it opens in a frame one after another. */
async function crawl(list) {
  const { document, fetch, DOMParser, location } = globalThis;
  const problems = [];
  const targets = new Map();
  const open = (address) => {
    const frame = document.createElement('iframe');
    const loaded = new Promise((done) => frame.addEventListener('load', done));
    frame.src = address;
    document.body.append(frame);
    frame.contentWindow.addEventListener('error', ({ message }) => problems.push(`${address}: ${message}`));
    return loaded.then(() => frame);
  };
  const idsOf = async (address) => {
    const response = await fetch(address);
    if (!response.ok) return undefined;
    const parsed = new DOMParser().parseFromString(await response.text(), 'text/html');
    return new Set([...parsed.querySelectorAll('[id]')].map(({ id }) => id));
  };
  for (const page of list) {
    const frame = await open(page);
    for (const { href } of frame.contentDocument.querySelectorAll('a[href]')) {
      const url = new URL(href);
      if (url.origin !== location.origin) continue;
      if (!targets.has(url.pathname)) targets.set(url.pathname, await idsOf(url.pathname));
      const ids = targets.get(url.pathname);
      const anchor = decodeURIComponent(url.hash.slice(1));
      if (ids === undefined || (anchor !== '' && !ids.has(anchor))) problems.push(`${page}: ${href} is dead`);
    }
    frame.remove();
  }
  await fetch('/result', { method: 'POST', body: JSON.stringify({ problems, links: targets.size }) });
}

const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const notFound = new Set();
let finish;
const finished = new Promise((resolve) => (finish = resolve));

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://site');
  const html = (text) => response.setHeader('content-type', 'text/html').end(text);
  if (pathname === '/crawl')
    return html(`<link rel="icon" href="data:,"><body><script>(${crawl})(${JSON.stringify(pages)})</script></body>`);
  if (pathname === '/result') {
    let text = '';
    request.on('data', (part) => (text += part));
    request.on('end', () => {
      response.end();
      finish(JSON.parse(text));
    });
    return undefined;
  }
  const file = join(folder, normalize(decodeURIComponent(pathname)), pathname.endsWith('/') ? 'index.html' : '');
  try {
    const body = readFileSync(file);
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream').end(body);
  } catch {
    notFound.add(pathname);
    response.writeHead(404).end();
  }
  return undefined;
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const profile = mkdtempSync(join(tmpdir(), 'givc-chromium-'));
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
const browser = spawn('chromium', [...flags, `http://127.0.0.1:${server.address().port}/crawl`], {
  stdio: 'ignore',
  detached: true,
});
browser.once('exit', () => finish({ problems: ['chromium has ended'], links: 0 }));
const { problems, links } = await finished;
browser.removeAllListeners('exit');
const ended = new Promise((resolve) => browser.once('exit', resolve));
process.kill(-browser.pid, 'SIGKILL');
await ended;
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
server.close();
const all = [...problems, ...[...notFound].map((file) => `${file}: not found`)];
for (const problem of all) process.stderr.write(`${problem}\n`);
process.stdout.write(`${pages.length} pages, which link to ${links} addresses: ${all.length} problems\n`);
process.exit(all.length > 0 ? 1 : 0);
