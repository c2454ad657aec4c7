// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Writes the pages of the site, in the form of Starlight, and its sidebar below site/, from the Markdown of the
// repository and from what the programs know about themselves. node scripts/run-decorated.mjs runs it.
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawer, withDiagrams } from './diagrams.js';
import { generatedPages } from './generated-pages.js';
import { linkBetween, partsOf, slugOf, splitTarget, withFrontMatter, withLinks, type Page } from './page.js';
import { sidebarOf } from './sidebar.js';

const root = process.cwd();
const site = join(root, 'site');
const content = join(site, 'src/content/docs');
const assets = join(site, 'public');

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root })
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const written: readonly Page[] = tracked.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Files beside the pages to which they link, such as schemas, are served as they are. */
function copied(file: string): boolean {
  if (!/^docs\/.*\.(json|yml)$/.test(file) || !existsSync(join(root, file))) return false;
  const target = join(assets, file.replace(/^docs\//, ''));
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(root, file), target);
  return true;
}

const pages = [...written, ...(await generatedPages(root))];
const draw = await drawer(site);
const byFile = new Map(pages.map((page) => [page.file, page]));
for (const folder of [content, assets]) rmSync(folder, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });
cpSync(join(site, 'src/favicon.svg'), join(assets, 'favicon.svg'));

for (const page of pages) {
  const slug = slugOf(page.file);
  const { title, description, body } = partsOf(page);
  const text = withLinks(body, (target) => {
    const split = splitTarget(page.file, target);
    if (!split) return target;
    const { path, anchor } = split;
    const other = [path, `${path}/README.md`].find((file) => byFile.has(file));
    if (other === page.file && anchor) return anchor;
    if (other) return `${linkBetween(slug, slugOf(other))}${anchor}`;
    if (copied(path)) return `${linkBetween(slug, '').replace(/^\.\/$/, '')}${path.replace(/^docs\//, '')}`;
    // Sources are not on the site.
    return undefined;
  });
  write(join(content, `${slug || 'index'}.md`), withFrontMatter(title, description, withDiagrams(text, draw)));
}

const sidebar = sidebarOf(pages).map((section) => ({
  ...{ label: section.label, collapsed: section.collapsed },
  items: section.pages.map((page) => ({ label: partsOf(page).title, slug: slugOf(page.file) })),
}));
const libraries = { label: 'Libraries', link: '/libraries/' };
write(join(site, 'src/sidebar.json'), JSON.stringify([...sidebar, libraries]));
process.stderr.write(`${pages.length} pages\n`);
