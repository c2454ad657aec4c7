// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readInventory } from './inventory.js';

const folder = mkdtempSync(join(tmpdir(), 'givc-inventory-'));
const file = join(folder, 'machines.json');
afterAll(() => rmSync(folder, { recursive: true }));

function read(machines: unknown, more: object = {}) {
  writeFileSync(file, JSON.stringify({ machines, ...more }));
  return readInventory(file);
}

function mistakes(machines: unknown, more?: object): string[] {
  try {
    read(machines, more);
    return [];
  } catch (error) {
    const [, text = ''] = (error as Error).message.split(`${file}: `);
    return text.split('; ');
  }
}

describe('an inventory', () => {
  it('requires only the names of machines', () => {
    expect(read([{ name: 'net-vm' }])).toEqual([
      { name: 'net-vm', addresses: [], usages: ['serverAuth', 'clientAuth'] },
    ]);
  });

  it('accepts every setting', () => {
    const machine = {
      name: 'net-vm',
      addresses: ['192.168.101.6', 'FD00:0::6'],
      days: 30,
      keyType: 'rsa',
      usage: 'client',
      image: { type: 'ext4', size: '512K' },
    };
    expect(read([machine])).toEqual([
      {
        name: 'net-vm',
        addresses: ['192.168.101.6', 'fd00::6'],
        days: 30,
        keyType: 'rsa',
        usages: ['clientAuth'],
        image: { type: 'ext4', size: 512 * 1024 },
      },
    ]);
  });

  it('is rejected with every mistake at once, each with its path', () => {
    expect(
      mistakes([
        { name: 'net vm', addresses: ['10.0.0.1', 'x'], days: 1.5 },
        { name: 'gui-vm', keyType: 'dsa', usage: 'all', image: { type: 'ext3', size: '1G' } },
      ]).map((line) => line.split(': ')[0]),
    ).toEqual([
      'machines[0].name',
      'machines[0].addresses[1]',
      'machines[0].days',
      'machines[1].keyType',
      'machines[1].usage',
      'machines[1].image.type',
      'machines[1].image.size',
    ]);
    expect(mistakes([])).toHaveLength(1);
    expect(mistakes(undefined)).toHaveLength(1);
  });

  it('is rejected for an unknown key, which may be misspelt', () => {
    expect(mistakes([{ name: 'net-vm', adresses: ['10.0.0.1'] }], { colour: 'red' }).toSorted()).toEqual([
      'colour: unknown key',
      'machines[0].adresses: unknown key',
    ]);
  });

  it('is rejected with the first ten of many mistakes or unknown keys, and the number of the others', () => {
    const machines = (machine: object) => Array.from({ length: 200 }, () => machine);
    expect(mistakes(machines({ name: '-' })).slice(9)).toEqual([
      expect.stringContaining('machines[9].name: '),
      'and 190 more mistakes',
    ]);
    const misspelt = machines({ adresses: [] }).map((machine, at) => ({ ...machine, name: `vm-${at}` }));
    expect(mistakes(misspelt).slice(9)).toEqual([expect.stringContaining('.adresses: '), 'and 190 more mistakes']);
  });

  it('is rejected when two machines would share a name, an address or a file', () => {
    expect(
      mistakes([
        { name: 'a', addresses: ['10.0.0.1', 'fd00::1'], image: { type: 'ext4' } },
        { name: 'A', addresses: ['::ffff:10.0.0.1'] },
        { name: 'a.img', addresses: ['fd00:0::1'] },
      ]),
    ).toEqual([
      'machines[1].name: "a" is taken by machines[0].name',
      'machines[1].addresses[0]: "10.0.0.1" is taken by machines[0].addresses[0]',
      'machines[2].name: "a.img" is taken by machines[0].image',
      'machines[2].addresses[0]: "fd00::1" is taken by machines[0].addresses[1]',
    ]);
  });

  it('is valid exactly when its addresses are all different', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 8 }), (numbers) => {
        const machines = numbers.map((number, at) => ({ name: `vm-${at}`, addresses: [`10.0.0.${number}`] }));
        expect(mistakes(machines)).toHaveLength(numbers.length - new Set(numbers).size);
      }),
    );
  });
});
