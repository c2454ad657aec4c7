// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { vmNamed, agentEntry, unitEntry } from '../registry/registry.fixture.js';
import { keyOf } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';
import { formatSnapshot } from './registry-snapshot.js';
import { SnapshotPieces } from './snapshot-pieces.js';

describe('the snapshot of the registry in pieces', () => {
  const numbered = (number: number) => unitEntry('net-vm', `u${number}.service`);
  let store: RegistryStore;
  let pieces: SnapshotPieces;

  beforeEach(() => {
    store = new RegistryStore();
    pieces = new SnapshotPieces();
  });

  const of = (host?: string) => pieces.of(host === undefined ? undefined : vmNamed(host), store.blocks);
  const text = (host?: string) => of(host).join('');
  const expected = (host?: string) =>
    formatSnapshot({ hostName: host === undefined ? undefined : vmNamed(host), entries: [...store.entries()] });

  it('has the text of the whole snapshot after every change', () => {
    expect(text()).toBe(expected());
    store.put(agentEntry('net-vm'));
    for (let number = 0; number < 300; number++) store.put(numbered(number));
    expect(text()).toBe(expected());
    store.put({ ...numbered(100), stopRequested: true });
    store.remove(keyOf(numbered(200)));
    store.put(agentEntry('net-vm', { bootId: 'new' }));
    expect(text('host')).toBe(expected('host'));
    store.removeMachine(vmNamed('net-vm'));
    expect(text('host')).toBe(expected('host'));
  });

  it('formats only those blocks again that have changed', () => {
    for (let number = 0; number < 300; number++) store.put(numbered(number));
    const before = of();
    const others = store.blocks.filter((_, index) => index !== 1).map((block) => jest.spyOn(block, 'entries'));
    store.put({ ...numbered(100), stopRequested: true });
    const after = of();
    expect(others.every((entries) => entries.mock.calls.length === 0)).toBe(true);
    expect(after.filter((piece, index) => piece !== before[index])).toHaveLength(1);
  });
});
