// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fs from 'node:fs';
import { BootId } from './boot-id.js';

describe('the id of the boot', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is the boot id of the kernel, without its line end', () => {
    const read = jest.spyOn(fs, 'readFileSync').mockReturnValue('9d0e6b0c-6a7f-4f6e-8b0e-4d1c2f3a4b5c\n');
    expect(BootId.read().value).toBe('9d0e6b0c-6a7f-4f6e-8b0e-4d1c2f3a4b5c');
    expect(read).toHaveBeenCalledWith('/proc/sys/kernel/random/boot_id', 'utf8');
  });

  it('is empty where the kernel has no boot id', () => {
    jest.spyOn(fs, 'readFileSync').mockImplementation(() => {
      throw new Error('ENOENT');
    });
    expect(BootId.read().value).toBe('');
  });

  it('is sent with stream numbers that increase even when the clock stands still', () => {
    const clock = [5_000_000_000_999n, 5_000_000_000_999n, 6_000_000_000_000n, 4_000_000_000_000n];
    const boot = new BootId('boot', () => clock.shift()!);
    expect([1, 2, 3, 4].map(() => boot.nextStream())).toEqual([
      ...[5_000_000_000, 5_000_000_001, 6_000_000_000, 6_000_000_001],
    ]);
  });
});
