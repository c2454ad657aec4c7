// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseAdminEndpoint } from './admin-endpoint.js';

it('the endpoint of an admin has the name of its certificate, by default admin-vm', () => {
  const address = { protocol: 'tcp', host: '10.0.0.1', port: 9001 };
  expect(parseAdminEndpoint('10.0.0.1:9001')).toEqual({ name: 'admin-vm', address });
  expect(parseAdminEndpoint('10.0.0.1:9001', 'admin.ghaf')).toEqual({ name: 'admin.ghaf', address });
});

it.each([
  ['address', '10.0.0.1', 'admin-vm'],
  ['name', '10.0.0.1:9001', '../x'],
])('the endpoint of an admin is rejected with the name of the invalid argument: %s', (field, address, name) => {
  expect(() => parseAdminEndpoint(address, name)).toThrow(
    expect.objectContaining({ reason: 'INVALID_ARGUMENT', field }) as Error,
  );
});
