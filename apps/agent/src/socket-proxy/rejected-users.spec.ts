// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Log } from '@givc/log';
import { RejectedUsers } from './rejected-users.js';

describe('the users that a bus rejects', () => {
  it('are logged once each, at most sixteen', () => {
    const lines: string[] = [];
    const users = new RejectedUsers(new Log('info', (line) => lines.push(line.trimEnd()), false), { socket: '/s' });
    for (let uid = 1_000; uid < 1_020; uid++) for (let n = 0; n < 2; n++) users.add(String(uid));
    expect(lines).toEqual(
      Array.from(
        { length: 16 },
        (_, n) => `warn: the bus rejects D-Bus clients of this user uid=${1_000 + n} socket=/s`,
      ),
    );
  });
});
