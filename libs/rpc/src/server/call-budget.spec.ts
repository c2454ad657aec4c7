// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { GivcError } from '@givc/model';
import { CallBudget } from './call-budget.js';
import { serverLimits } from './limits.js';
import { PeerBudgets } from './peer-budgets.js';

describe('the counted bytes of a call', () => {
  let unread: number;
  let rejected: GivcError[];
  let budget: CallBudget;

  beforeEach(() => {
    [unread, rejected] = [0, []];
    const call = {
      get unread() {
        return unread;
      },
      reject: (error: GivcError) => {
        rejected.push(error);
        budget.close();
      },
    };
    budget = new CallBudget(new PeerBudgets({ ...serverLimits, undeliveredBytesOfPeer: 2_000 }), call);
    budget.open('a-vm');
  });

  it('are its bytes and 256 for each chunk, before anything reads it', () => {
    for (let n = 0; n < 3; n++) budget.arrived(1);
    expect(budget.bytes).toBe(3 * (1 + 256));
  });

  it('are 256 and eight times the bytes of a single request, until the call ends', () => {
    budget.arrived(15);
    budget.kept();
    budget.single(15);
    budget.released();
    expect(budget.bytes).toBe(8 * 15 + 256);
    budget.settle();
    expect(budget.bytes).toBe(8 * 15 + 256);
    budget.close();
    expect(budget.bytes).toBe(0);
  });

  it('are the bytes and 256 of each message of a stream, until the handler has read it', () => {
    unread = 1;
    budget.arrived(15);
    budget.kept();
    budget.message(15);
    budget.released();
    expect(budget.bytes).toBe(15 + 256);
    budget.settle();
    expect(budget.bytes).toBe(15 + 256);
    unread = 0;
    budget.settle();
    expect(budget.bytes).toBe(0);
  });

  it('end the call that exceeds the limit of its peer, and are released', () => {
    budget.arrived(1_000);
    expect(rejected).toEqual([]);
    budget.arrived(1_000);
    expect(rejected.map(({ reason }) => reason)).toEqual(['RESOURCE_EXHAUSTED']);
    expect([budget.bytes, budget.isOpen]).toEqual([0, false]);
    budget.arrived(1_000);
    expect(budget.bytes).toBe(0);
  });
});
