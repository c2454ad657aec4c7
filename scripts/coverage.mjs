// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run coverage: runs the tests in process, and writes the share of each library and app that they execute to
// docs/coverage.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import './no-color.mjs';
import { format, resolveConfig } from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = fileURLToPath(new URL('../docs/coverage.md', import.meta.url));
const results = fileURLToPath(new URL('../dist/coverage', import.meta.url));
const kinds = ['lines', 'branches', 'functions'];
const measured = [
  ...['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
  ...['!**/*.spec.ts', '!**/*.fixture.ts', '!libs/rpc/src/generated/**', '!libs/testing/**'],
];

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/jest/bin/jest.js',
    ...['--selectProjects', 'unit', 'e2e', '--maxWorkers=100%'],
    ...['--coverage', `--coverageDirectory=${results}`, '--coverageReporters=json-summary'],
    ...measured.map((pattern) => `--collectCoverageFrom=${pattern}`),
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
if (status !== 0) {
  process.stderr.write('tests have failed: docs/coverage.md stays as it is\n');
  process.exit(1);
}

/** The folder whose files share one row: libs/model, apps/admin/src/registry. */
function rowOf(file) {
  const [kind, name, source, ...path] = relative(root, file).split('/');
  if (kind === 'libs') return `${kind}/${name}`;
  return [kind, name, source, ...path.slice(0, -1).slice(0, 1)].join('/');
}

const counts = new Map();
const add = (row, numbers) => {
  const count = counts.get(row) ?? Object.fromEntries(kinds.map((kind) => [kind, { covered: 0, total: 0 }]));
  counts.set(row, count);
  for (const kind of kinds) for (const number of ['covered', 'total']) count[kind][number] += numbers[kind][number];
};
const { total, ...files } = JSON.parse(readFileSync(`${results}/coverage-summary.json`, 'utf8'));
for (const [file, numbers] of Object.entries(files)) add(rowOf(file), numbers);
const rows = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
const share = ({ covered, total: all }) => (all === 0 ? '-' : `${((100 * covered) / all).toFixed(1)} %`);
const line = (title, numbers) => `| ${title} | ${kinds.map((kind) => share(numbers[kind])).join(' | ')} |`;
const text = `# Coverage

The share of the code that the tests in process (\`unit\` and \`e2e\`) execute, written by \`npm run coverage\`. Code that runs
in separate processes does not count: the lab, and programs that a test starts. There is no threshold: \`npm run mutate\`
shows what the tests notice.

| folder | ${kinds.join(' | ')} |
| --- | ${kinds.map(() => '---:').join(' | ')} |
${rows.map(([row, numbers]) => line(`\`${row}\``, numbers)).join('\n')}
${line('all', total)}
`;
mkdirSync(new URL('../docs', import.meta.url), { recursive: true });
writeFileSync(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
process.stdout.write('docs/coverage.md is written\n');
