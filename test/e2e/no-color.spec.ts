// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { Output } from '../../apps/cli/src/output/output.js';

const print = 'process.stdout.write(JSON.stringify([process.env.NO_COLOR, process.env.FORCE_COLOR]))';

describe('NO_COLOR', () => {
  const before = { noColor: process.env['NO_COLOR'], term: process.env['TERM'], isTTY: process.stdout.isTTY };
  afterEach(() => {
    for (const [name, value] of [
      ['NO_COLOR', before.noColor],
      ['TERM', before.term],
    ] as const)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    process.stdout.isTTY = before.isTTY;
  });

  it.each([
    ['not set', undefined, true],
    ['empty, which does not count', '', true],
    ['1', '1', false],
    ['any other text', '0', false],
  ])('decides whether givc-cli uses colours on a terminal when it is %s', (_, value, isColoured) => {
    if (value === undefined) delete process.env['NO_COLOR'];
    else process.env['NO_COLOR'] = value;
    process.env['TERM'] = 'xterm';
    process.stdout.isTTY = true;
    expect(new Output().hasColour).toBe(isColoured);
  });

  it.each([
    ['1', [null, '0']],
    ['', ['', null]],
  ])('is passed to jest by a variable that jest knows when it is %j', (NO_COLOR, seen) => {
    const environment: NodeJS.ProcessEnv = { ...process.env, NO_COLOR };
    delete environment['FORCE_COLOR'];
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', './scripts/no-color.mjs', '-e', `${print}`], {
      env: environment,
      encoding: 'utf8',
    });
    expect({ seen: JSON.parse(stdout) as unknown, stderr }).toEqual({ seen, stderr: '' });
  });
});
