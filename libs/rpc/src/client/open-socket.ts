// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Address } from '@givc/model';
import type { Vsock } from '@givc/vsock';

/** The addresses of a name are tried one after another, each for this time. */
const nextAddressMs = 500;

function optionsOf(address: Exclude<Address, { readonly protocol: 'vsock' }>): NetConnectOpts {
  switch (address.protocol) {
    case 'tcp':
      return {
        ...{ host: address.host, port: address.port, noDelay: true },
        ...{ autoSelectFamily: true, autoSelectFamilyAttemptTimeout: nextAddressMs },
      };
    case 'unix':
      return { path: address.path };
    case 'abstract':
      return { path: `\0${address.path}` };
  }
}

/**
 * Opens a connection to this address; the addresses of a name are tried in turn. Rejects with the error of the last;
 * when the signal is aborted, the attempt ends, at the latest when it is established.
 */
export async function openSocket(address: Address, vsock: Vsock, signal: AbortSignal): Promise<Socket> {
  if (signal.aborted) throw new Error('the attempt was given up');
  if (address.protocol === 'vsock') return vsock.connect(address, { signal });
  const socket = connect(optionsOf(address));
  const abort = () => socket.destroy(new Error('the attempt was given up'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(socket.off('error', reject)));
      socket.once('error', reject);
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
