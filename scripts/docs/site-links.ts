// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const decoded = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&#38;', '&').replaceAll('&quot;', '"');

/** The links and the anchors of a page, from its HTML as Astro and TypeDoc write it. */
function wordsOf(html: string): { links: readonly string[]; anchors: ReadonlySet<string> } {
  const markup = html.replace(/<(script|style)\b[^]*?<\/\1>/g, (all) => all.slice(0, all.indexOf('>') + 1));
  const values = (name: string): readonly string[] =>
    [...markup.matchAll(new RegExp(`<[^>]*?\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => decoded(value!));
  return { links: [...values('href'), ...values('src')], anchors: new Set(values('id')) };
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The dead links of a folder of pages, one line for each. Links to other hosts are not followed. */
export function siteProblems(folder: string): readonly string[] {
  const origin = 'http://site.example';
  const pages = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.html'))
      .map((file) => [file, wordsOf(readFileSync(join(folder, file), 'utf8'))] as const),
  );
  /** The file for a path of a URL, as a server of static files finds it. */
  const fileOf = (path: string): string | undefined => {
    const file = decodeURIComponent(path).slice(1);
    return [file, join(file, 'index.html')].find((name) => isFile(join(folder, name)));
  };
  const problemOf = (page: string, link: string): string | undefined => {
    const url = new URL(link, `${origin}/${page.replace(/(^|\/)index\.html$/, '$1')}`);
    if (url.origin !== origin) return undefined;
    const file = fileOf(url.pathname);
    if (file === undefined) return 'there is no such page';
    const anchor = decodeURIComponent(url.hash.slice(1));
    if (anchor === '' || (pages.get(file)?.anchors.has(anchor) ?? true)) return undefined;
    return `${file} has no such heading`;
  };
  // TypeDoc checks the links of its own pages.
  const own = [...pages].filter(([page]) => !page.startsWith('libraries/'));
  return own.flatMap(([page, { links }]) =>
    [...new Set(links)].flatMap((link) => {
      const problem = problemOf(page, link);
      return problem === undefined ? [] : [`dist/docs/${page}: ${link}: ${problem}`];
    }),
  );
}
