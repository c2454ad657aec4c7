// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BlockList, isIP } from 'node:net';

function listOf(fill: (list: BlockList) => void): BlockList {
  const list = new BlockList();
  fill(list);
  return list;
}

const makeLists = () => ({
  multicast: listOf((list) => {
    list.addSubnet('224.0.0.0', 4, 'ipv4');
    list.addSubnet('ff00::', 8, 'ipv6');
  }),
  /** Addresses to listen on all interfaces; a process that dials one reaches itself. */
  unspecified: listOf((list) => {
    list.addSubnet('0.0.0.0', 8, 'ipv4');
    list.addAddress('::', 'ipv6');
  }),
  /** RFC 1112, section 4; the last of these addresses is the broadcast address (RFC 919). */
  reserved: listOf((list) => list.addSubnet('240.0.0.0', 4, 'ipv4')),
  linkLocal: listOf((list) => list.addSubnet('fe80::', 10, 'ipv6')),
});

/** Made on first use, because a snapshot of V8's heap cannot contain the native objects of these lists. */
let lists: ReturnType<typeof makeLists> | undefined;

/** The texts that inet_aton(3), and with it a resolver, reads as 0.0.0.0. */
const zero = /^(?:0x)?0+(?:\.(?:0x)?0+)*$/i;

/** The reason why no peer can ever be reached at this host; undefined when one can be. */
export function unreachable(host: string): string | undefined {
  const [address = '', zone] = host.split('%', 2);
  const version = isIP(address);
  if (version === 0) return zero.test(host) ? 'it stands for every address of a machine' : undefined;
  lists ??= makeLists();
  const isOf = (list: BlockList) => list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  if (isOf(lists.unspecified)) return 'it stands for every address of a machine';
  if (isOf(lists.multicast)) return 'it is a multicast address';
  if (isOf(lists.reserved))
    return host === '255.255.255.255' ? 'it is the broadcast address' : 'it is a reserved address';
  if (isOf(lists.linkLocal) && !zone) return `a link-local address needs its zone, such as "${address}%eth0"`;
  return undefined;
}
