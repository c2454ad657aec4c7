// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Checks that every source file begins with the copyright and licence of REUSE (https://reuse.software/spec/), after
// its "#!" line; with --fix, adds them. REUSE.toml covers files without comments and data. Part of npm run lint.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const lines = ['SPDX-FileCopyrightText: 2026 The GIVC authors', 'SPDX-License-Identifier: Apache-2.0'];
const comments = [
  ['//', /\.(ts|mts|cts|js|mjs|cjs|proto)$/],
  ['#', /\.(sh|py|nix|service|yaml|yml)$|^\.ci\/run$/],
];
/** Files in the form that Ghaf writes for its machines, and files that programs write. */
const isData = (file) => file.startsWith('test/lab/ghaf/') || file.endsWith('-lock.yaml');

function headerOf(file) {
  const comment = comments.find(([, pattern]) => pattern.test(file))?.[0];
  return comment === undefined ? undefined : lines.map((line) => `${comment} ${line}\n`).join('');
}

const isFixing = process.argv.includes('--fix');
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\0');
for (const file of new Set(files)) {
  const header = isData(file) ? undefined : headerOf(file);
  if (header === undefined) continue;
  let text;
  try {
    text = readFileSync(join(root, file), 'utf8');
  } catch (error) {
    // A deleted file whose deletion is not committed yet.
    if (error.code === 'ENOENT') continue;
    throw error;
  }
  const [start] = /^(#!.*\n)?/.exec(text);
  const rest = text.slice(start.length);
  if (rest.startsWith(header)) continue;
  if (isFixing) {
    writeFileSync(join(root, file), `${start}${header}\n${rest.replace(/^\n+/, '')}`);
  } else {
    process.stderr.write(`${file}: no licence header; "node scripts/licence-headers.mjs --fix" adds it\n`);
    process.exitCode = 1;
  }
}
