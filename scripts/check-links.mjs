// Checks the links of all Markdown files: each relative one names a file or folder of the repository, and its anchor, if it
// has one, is that of a heading. Anchors are made as GitHub makes them. Part of npm run lint.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

const root = new URL('..', import.meta.url).pathname;
const markdown = new MarkdownIt({ html: true });
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root })
  .toString()
  .split('\n')
  .filter((page) => page !== '' && existsSync(join(root, page)));

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

/** The targets of the links of a page, each with the line on which its paragraph, item or row begins. */
function linksOf(page) {
  let line = 0;
  return read(page).flatMap(({ children, map }) => {
    if (map) line = map[0] + 1;
    return (children ?? [])
      .filter(({ type }) => type === 'link_open' || type === 'image')
      .map((link) => ({ target: link.attrGet('href') ?? link.attrGet('src'), line }));
  });
}

function problemOf(page, target) {
  if (/^[a-z]+:/i.test(target)) return undefined;
  const [path, anchor] = decodeURI(target).split('#', 2);
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (relative('.', file).startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(root, file))) return 'there is no such file';
  if (anchor === undefined) return undefined;
  return file.endsWith('.md') && anchorsOf(file).has(anchor) ? undefined : 'there is no such heading';
}

const problems = pages.flatMap((page) =>
  linksOf(page).flatMap(({ target, line }) => {
    const problem = problemOf(page, target);
    return problem === undefined ? [] : [`${page}:${line}: ${target}: ${problem}`];
  }),
);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
