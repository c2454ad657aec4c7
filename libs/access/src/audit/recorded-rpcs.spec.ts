// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { admin, services } from '@givc/rpc';
import { recordedFields, recordedRpcs } from './recorded-rpcs.js';

const fieldsOf = (request: unknown, ...fields: string[]) => recordedFields({ begins: 'open', fields }, request);

describe('the recorded fields of a request', () => {
  it('are empty when no field is listed', () => {
    expect(fieldsOf({ VmName: 'net-vm' })).toBeUndefined();
  });

  it('include the listed fields and no others', () => {
    expect(fieldsOf({ VmName: 'net-vm', Token: 'secret' }, 'VmName', 'AppName')).toEqual({ VmName: 'net-vm' });
  });

  it('include a field of a nested message under its own name', () => {
    const request = { Transport: { Address: '10.0.0.1', Port: '9000' }, Update: { value: { Pin: 'p' } } };
    expect(fieldsOf(request, 'Transport.Address', 'Update.value.Pin')).toEqual({ Address: '10.0.0.1', Pin: 'p' });
  });

  it('include no field of a message that was not sent', () => {
    expect(fieldsOf({ Transport: undefined }, 'Transport.Address')).toEqual({});
    expect(fieldsOf(undefined, 'VmName')).toEqual({});
  });

  it('include numbers, also 0, and non-empty strings, cut to 256 characters', () => {
    const request = {
      Type: 0,
      Name: 'n'.repeat(257),
      Short: 'n'.repeat(256),
      Parent: '',
      Bytes: Buffer.of(1),
      On: true,
    };
    expect(fieldsOf(request, ...Object.keys(request))).toEqual({
      Type: 0,
      Name: 'n'.repeat(256),
      Short: 'n'.repeat(256),
    });
  });
});

interface Method {
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => object;
}

describe('the list of recorded rpcs', () => {
  /** The fields that are absent from an empty message. */
  const messages: Readonly<Record<string, object>> = {
    '/admin.AdminService/RegisterService': { Transport: admin.TransportConfig.decode(Buffer.of()) },
    '/admin.AdminService/SetGeneration': { Update: { value: admin.Cachix.decode(Buffer.of()) } },
  };
  const methods = Object.values(services).flatMap((service) => Object.values(service) as Method[]);

  /** The same with a value for every text, including the optional ones. */
  const filled = (message: object): object =>
    Object.fromEntries(
      Object.entries(message).map(([name, value]: [string, unknown]) => [
        name,
        value === '' || value === undefined ? 'x' : value?.constructor === Object ? filled(value) : value,
      ]),
    );

  it.each(methods)('contains existing fields of the request of $path', ({ path, requestDeserialize }) => {
    const request = filled({ ...requestDeserialize(Buffer.of()), ...messages[path] });
    const { fields } = recordedRpcs[path]!;
    const picked = recordedFields({ begins: 'open', fields }, request) ?? {};
    expect(Object.keys(picked)).toEqual(fields.map((field) => field.slice(field.lastIndexOf('.') + 1)));
  });
});
