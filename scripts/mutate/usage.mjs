// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The options of npm run mutate, and their --help.
import { areas } from './areas.mjs';

export const options = {
  only: { type: 'string', multiple: true },
  all: { type: 'boolean', default: false },
  unit: { type: 'boolean', default: false },
  spec: { type: 'string', multiple: true },
  workers: { type: 'string', default: '2' },
  record: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
};

export const usage = `usage: npm run mutate -- [AREA]... [OPTION]...

Changes the code of each area in one place at a time and runs the tests that reach it. Survivors are written to stdout
and to dist/mutation, where all that is known is kept for the next run. Without an AREA all are run:
${areas.map((area) => `  ${area}`).join('\n')}

  --only FILE   only mutants of files whose path ends so; may be repeated
  --unit        only with specs beside the code
  --spec FILE   only with specs whose path ends so; may be repeated
  --all         forget what is known of the areas, and run every mutant again
  --workers N   processes at the same time (default ${options.workers.default})
  --record      also write the rows of the areas into docs/mutation.md
  -h, --help    show this

docs/mutation.md says how it works and how to read the score.
`;
