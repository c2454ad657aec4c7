// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { daemonCommand } from './daemon-command.js';

describe('the command line of a daemon', () => {
  afterEach(() => jest.restoreAllMocks());

  it('reports an unknown option in one line, shortened and without control characters', () => {
    const printed: string[] = [];
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    const option = `--\x1b[2Jx\n${'y'.repeat(5_000)}`;
    expect(() => daemonCommand('givc-x').parse([option], { from: 'user' })).toThrow();
    expect(printed).toEqual([
      expect.stringMatching(/^givc-x: unknown option '--�\[2Jx y{900,1000}…; see "givc-x --help"\n$/),
    ]);
  });
});
