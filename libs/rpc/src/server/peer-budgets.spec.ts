// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { ServerConnection } from './server-connection.js';
import { serverLimits } from './limits.js';
import { PeerBudgets, type CountedCall } from './peer-budgets.js';

const counted = (): CountedCall => ({ bytes: 0, settle: () => undefined, reject: () => undefined });

describe('the open calls of a caller without a certificate', () => {
  it.each([
    ['10.0.0.1', '10.0.0.2'],
    ['fd00:1::2', 'fd00:1::3'],
    ['fe80::1%eth0', 'fe80::1%eth1'],
  ])('are counted by its address, whatever their ports: %s and not %s', (address, other) => {
    const budgets = new PeerBudgets({ ...serverLimits, openCallsOfPeer: 1 });
    const outcome = ([remoteAddress, remotePort]: readonly [string, number]): string => {
      const { peer } = new ServerConnection({} as never, { remoteAddress, remotePort } as never, 'a network');
      try {
        budgets.open(peer, counted());
        return 'open';
      } catch (error) {
        return (error as GivcError).reason;
      }
    };
    const peers = [
      [address, 5_000],
      [other, 5_000],
      [address, 5_001],
    ] as const;
    expect(peers.map(outcome)).toEqual(['open', 'open', 'RESOURCE_EXHAUSTED']);
  });
});

describe('the open calls of a server', () => {
  it('make room in total and for their caller when they end, even when they are ended repeatedly', () => {
    const budgets = new PeerBudgets({ ...serverLimits, openCalls: 3, openCallsOfPeer: 2 });
    const [first, second] = [counted(), counted()];
    const budget = budgets.open('a', first);
    budgets.open('a', second);
    expect(() => budgets.open('a', counted())).toThrow('too many open calls: at most 2 of one caller and 3 in all');
    budgets.close(budget, first);
    budgets.close(budget, first);
    budgets.open('a', counted());
    budgets.open('b', counted());
    expect(() => budgets.open('b', counted())).toThrow(GivcError);
  });

  it('are shared so that a new caller may have as many as the callers with the most', () => {
    const budgets = new PeerBudgets({ ...serverLimits, openCalls: 8 });
    const opened = ['a', 'b', 'c', 'd'].map((peer) => {
      let count = 0;
      try {
        for (;;) {
          budgets.open(peer, counted());
          count++;
        }
      } catch {
        return count;
      }
    });
    expect(opened).toEqual([4, 2, 1, 1]);
  });
});
