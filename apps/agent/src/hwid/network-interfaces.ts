// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A network interface, from its folder of /sys/class/net (kernel, Documentation/ABI/testing/sysfs-class-net). */
export interface NetworkInterface {
  readonly name: string;
  readonly index: number;
  readonly kind: 'wireless' | 'wired' | 'other';
  /** Hexadecimal numbers with colons between them. */
  readonly address: string;
  /** IFF_UP of netdevice(7). */
  readonly isUp: boolean;
}

/** ARPHRD_ETHER of the kernel. */
const ethernet = '1';
const flagUp = 1;

/** All interfaces of this machine with a hardware address, in the order in which the kernel found them. */
export async function networkInterfaces(folder = '/sys/class/net'): Promise<NetworkInterface[]> {
  const all = await Promise.all((await readdir(folder)).map((name) => networkInterface(folder, name)));
  return all.filter((found) => found !== undefined).sort((a, b) => a.index - b.index);
}

/** Undefined when it was removed, or is not an interface. */
async function networkInterface(folder: string, name: string): Promise<NetworkInterface | undefined> {
  const read = async (file: string): Promise<string> => (await readFile(join(folder, name, file), 'utf8')).trim();
  const has = (file: string): Promise<boolean> =>
    stat(join(folder, name, file)).then(
      () => true,
      () => false,
    );
  try {
    const [index, type, address, flags] = await Promise.all(['ifindex', 'type', 'address', 'flags'].map(read));
    const [wireless, phy, bridge, tun] = await Promise.all(['wireless', 'phy80211', 'bridge', 'tun_flags'].map(has));
    const isWired = type === ethernet && !bridge && !tun;
    return {
      name,
      index: Number(index),
      kind: wireless || phy ? 'wireless' : isWired ? 'wired' : 'other',
      address: address!,
      isUp: (Number(flags) & flagUp) !== 0,
    };
  } catch {
    return undefined;
  }
}
