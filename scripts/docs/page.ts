// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { posix } from 'node:path';

/** A page in Markdown, whose title is its first heading. Its links are relative to `file`, as on GitHub. */
export interface Page {
  /** Where it is in the repository, or where it would be if it were not generated. */
  readonly file: string;
  readonly text: string;
}

/** The address of a page on the site, without slashes around it: `how-to/add-a-vm` for `docs/how-to/add-a-vm.md`. */
export function slugOf(file: string): string {
  const name = file.replace(/^docs\//, '').replace(/(^|\/)(README|index)\.md$/, '');
  return name.replace(/\.md$/, '').toLowerCase();
}

/** The link from one page of the site to another, which holds wherever the site is served. */
export function linkBetween(from: string, to: string): string {
  const up = '../'.repeat(from === '' ? 0 : from.split('/').length);
  return `${up}${to === '' ? '' : `${to}/`}` || './';
}

/** Decides where a link leads: to another target, or nowhere (undefined), so that only its text stays. */
export type Resolve = (target: string) => string | undefined;

const linkOrCode = /```[^]*?```|(`+)[^]*?[^`]\1(?!`)|(!?)\[((?:[^[\]`]|`[^`]*`)*)\]\(([^)\s]+)\)/g;

/** The text with each link outside of code changed as `resolve` decides. */
export function withLinks(text: string, resolve: Resolve): string {
  return text.replace(linkOrCode, (all, _tick, image: string, label: string | undefined, target: string) => {
    if (label === undefined) return all;
    const resolved = resolve(target);
    return resolved === undefined ? label : `${image}[${label}](${resolved})`;
  });
}

/** Absolute links stay; others are relative to the folder of `file`. */
export function splitTarget(file: string, target: string): { path: string; anchor: string } | undefined {
  if (/^[a-z]+:/i.test(target)) return undefined;
  const [path, anchor] = decodeURI(target).split('#', 2) as [string, string | undefined];
  const resolved = path === '' ? file : posix.normalize(posix.join(posix.dirname(file), path));
  return { path: resolved.replace(/\/$/, ''), anchor: anchor === undefined ? '' : `#${anchor}` };
}

/** Markdown without its marks, on one line. */
const plain = (text: string): string =>
  withLinks(text, () => undefined)
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** The first sentence of the first paragraph that is one. */
function descriptionOf(body: string): string {
  const paragraph = body.split(/\n{2,}/).find((part) => /^[A-Z`[*]/.test(part.trim()));
  return /^.*?[.:](?=\s|$)/.exec(plain(paragraph ?? ''))?.[0].replace(/:$/, '.') ?? plain(paragraph ?? '');
}

/** The title and the description, which are front matter on the site, and what follows the title. */
export function partsOf({ file, text }: Page): { title: string; description: string; body: string } {
  const [, title, body] = /^# (.+)\n([^]*)$/.exec(text.trimStart()) ?? [];
  if (title === undefined || body === undefined) throw new Error(`${file}: the first line is not a heading: "# TITLE"`);
  return { title: plain(title), description: descriptionOf(body), body: body.trimStart() };
}

/** The page in the form of Starlight: front matter, then Markdown. */
export const withFrontMatter = (title: string, description: string, body: string): string =>
  `---\ntitle: ${JSON.stringify(title)}\ndescription: ${JSON.stringify(description)}\n---\n\n${body}`;
