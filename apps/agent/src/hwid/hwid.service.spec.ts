// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifierOf } from './hwid.service.js';
import { networkInterfaces } from './network-interfaces.js';

describe('the hardware id', () => {
  let folder: string;
  const add = (name: string, index: number, { type = 1, flags = '0x1003', with: more = [] as string[] } = {}): void => {
    mkdirSync(join(folder, name));
    const files = { ifindex: index, type, flags, address: `02:00:00:00:00:0${index}` };
    for (const [file, value] of Object.entries(files)) writeFileSync(join(folder, name, file), `${value}\n`);
    for (const part of more) mkdirSync(join(folder, name, part));
  };
  const identifier = async (name = '') => identifierOf(await networkInterfaces(folder), name);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-net-'));
    writeFileSync(join(folder, 'bonding_masters'), '');
    add('lo', 1, { type: 772 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the address of the first wireless interface, even when there are wired ones', async () => {
    add('a-wired', 2);
    add('wlan1', 5, { with: ['phy80211'] });
    add('wlan0', 4, { with: ['wireless', 'phy80211'] });
    expect(await identifier()).toBe('02:00:00:00:00:04');
  });

  it('is otherwise the address of the first wired interface that is not a bridge or tunnel', async () => {
    add('br0', 2, { with: ['bridge'] });
    add('tap0', 3, { with: ['tun_flags'] });
    add('enp2s0', 5);
    add('enp1s0', 4);
    expect(await identifier()).toBe('02:00:00:00:00:04');
  });

  it('is the address of the configured interface, of any kind', async () => {
    add('wlan0', 2, { with: ['wireless'] });
    add('br0', 3, { with: ['bridge'] });
    expect(await identifier('br0')).toBe('02:00:00:00:00:03');
  });

  it('is not available when the interface is down', async () => {
    add('wlan0', 2, { flags: '0x1002', with: ['wireless'] });
    add('eth0', 3);
    await expect(identifier()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining('wlan0 is down'),
    });
  });

  it('is not available without an interface', async () => {
    await expect(identifier()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining('no wireless and no wired'),
    });
    for (const name of ['wlan9', '../net', 'bonding_masters'])
      await expect(identifier(name)).rejects.toMatchObject({ message: expect.stringContaining(JSON.stringify(name)) });
  });
});
