// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseListenAddress, parseVmName, type Endpoint } from '@givc/model';

/**
 * The endpoint of the admin. `address` is `ADDR:PORT`, `[ADDR6]:PORT`, `/path/of/a/socket`, `unix:///path` or
 * `vsock:CID:PORT`; `name` is the first DNS name of the admin's certificate, which every connection verifies. Throws a
 * `GivcError` INVALID_ARGUMENT, with `field` `address` or `name`.
 */
export const parseAdminEndpoint = (address: string, name = 'admin-vm'): Endpoint => ({
  name: parseVmName('name', name),
  address: parseListenAddress('address', address),
});
