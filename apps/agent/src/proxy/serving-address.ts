// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { formatAddress, GivcError, type Address, type Endpoint } from '@givc/model';

/** The address at which an agent serves the peer of `transport`: its own address with the transport's port. */
export function servingAddress(self: Address, { address }: Endpoint): Address {
  if ((self.protocol === 'tcp' || self.protocol === 'vsock') && 'port' in address)
    return { ...self, port: address.port };
  throw new GivcError(
    'INVALID_ARGUMENT',
    `a server needs a port in this agent's own address (${formatAddress(self)}) and in the transport's (${formatAddress(address)})`,
  );
}
