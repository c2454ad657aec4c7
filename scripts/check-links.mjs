// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Checks the links of all Markdown files: each relative link names a file or folder of the repository, and its anchor,
// if it has one, is that of a heading. Anchors are made as GitHub makes them. A source file that is named without a
// link (`x.service.ts`) must exist, too. Part of npm run lint.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

const root = new URL('..', import.meta.url).pathname;
const markdown = new MarkdownIt({ html: true });
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const pages = files.filter((file) => file.endsWith('.md'));

const read = (page) => markdown.parse(readFileSync(join(root, page), 'utf8'), {});
const textOf = ({ children }) =>
  children
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('');

/** The anchors of a page, one for each heading. */
function anchorsOf(page) {
  const slugger = new GithubSlugger();
  const tokens = read(page);
  return new Set(
    tokens.flatMap(({ type }, at) => (type === 'heading_open' ? [slugger.slug(textOf(tokens[at + 1]))] : [])),
  );
}

/** The links and the code of a page, each with the line on which its paragraph, item or row begins. */
function wordsOf(page) {
  let line = 0;
  return read(page).flatMap(({ children, map }) => {
    if (map) line = map[0] + 1;
    return (children ?? []).flatMap((token) => {
      const target = token.attrGet('href') ?? token.attrGet('src') ?? undefined;
      if (target !== undefined) return [{ target, line }];
      return token.type === 'code_inline' ? [{ code: token.content, line }] : [];
    });
  });
}

function problemOfLink(page, target) {
  if (/^[a-z]+:/i.test(target)) return undefined;
  const [path, anchor] = decodeURI(target).split('#', 2);
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (relative('.', file).startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(root, file))) return 'there is no such file';
  if (anchor === undefined) return undefined;
  return file.endsWith('.md') && anchorsOf(file).has(anchor) ? undefined : 'there is no such heading';
}

function problemOfCode(code) {
  if (!/^[a-z0-9_./-]+\.(ts|mjs|cjs|proto|cedar)$/.test(code)) return undefined;
  return files.some((file) => `/${file}`.endsWith(`/${code}`)) ? undefined : 'there is no such file';
}

const problems = pages.flatMap((page) =>
  wordsOf(page).flatMap(({ target, code, line }) => {
    const problem = target === undefined ? problemOfCode(code) : problemOfLink(page, target);
    return problem === undefined ? [] : [`${page}:${line}: ${target ?? code}: ${problem}`];
  }),
);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
