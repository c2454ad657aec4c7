// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metadata, status } from '@grpc/grpc-js';
import { GivcError, reasons } from '@givc/model';
import { DebugInfo } from './generated/google/rpc/error_details.js';
import { Status } from './generated/google/rpc/status.js';
import { detailsTrailer, encodeDetails } from './status-details.js';
import { codeOf, errorOfStatus } from './status.js';

describe('the status of a call', () => {
  it('is the code of the same name, and back', () => {
    expect(reasons.map((reason) => status[codeOf(reason)])).toEqual([...reasons]);
    expect(reasons.map((reason) => errorOfStatus({ code: codeOf(reason) }).reason)).toEqual([...reasons]);
  });

  it.each([status.UNKNOWN, status.OUT_OF_RANGE, status.DATA_LOSS, 99, undefined])(
    'with the unused code %p is INTERNAL',
    (code) => {
      expect(errorOfStatus({ ...(code !== undefined && { code }) })).toMatchObject({ reason: 'INTERNAL' });
    },
  );

  it('has the message of the status, else that of the error, else its code', () => {
    const message = '5 NOT_FOUND: no such VM';
    const error = { code: status.NOT_FOUND, details: 'no such VM', message };
    expect(errorOfStatus(error)).toMatchObject({ reason: 'NOT_FOUND', message: 'no such VM', cause: error });
    expect(errorOfStatus({ code: status.NOT_FOUND, details: '', message }).message).toBe(message);
    expect(errorOfStatus({ code: status.NOT_FOUND }).message).toBe('status 5');
    expect(errorOfStatus({ code: status.NOT_FOUND })).toBeInstanceOf(GivcError);
  });

  it('has the cause in its message that an admin of another implementation has in a DebugInfo', () => {
    const value = Buffer.from(DebugInfo.encode({ detail: 'Service clock@0.service not registered' }).finish());
    const metadata = new Metadata();
    const set = (type_url: string) =>
      metadata.set(
        detailsTrailer,
        Buffer.from(Status.encode({ code: 3, message: '', details: [{ type_url, value }] }).finish()),
      );
    set('type.googleapis.com/google.rpc.DebugInfo');
    const error = { code: status.INVALID_ARGUMENT, details: 'request contains invalid arguments', metadata };
    expect(errorOfStatus(error).message).toBe(
      'request contains invalid arguments: Service clock@0.service not registered',
    );
    set('type.googleapis.com/google.rpc.Else');
    expect(errorOfStatus(error).message).toBe('request contains invalid arguments');
  });

  it('has a cut and printable message', () => {
    const metadata = new Metadata();
    const info = {
      reason: 'r\n'.repeat(100),
      metadata: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, 'v\n'.repeat(4_000)])),
    };
    metadata.set(detailsTrailer, encodeDetails(status.NOT_FOUND, 'gone', { field: 'f\n'.repeat(4_000), info })!);
    const error = errorOfStatus({ code: status.NOT_FOUND, details: `a\r\n\u001b${'b'.repeat(1e6)}`, metadata });
    expect(error.message).toBe(`a�\n�${'b'.repeat(2_044)}`);
    expect(error.field).toBe('f�'.repeat(64));
    expect(error.info?.reason).toBe('r�'.repeat(64));
    expect(Object.keys(error.info!.metadata!)).toHaveLength(16);
    expect(error.info!.metadata!['k0']).toBe('v�'.repeat(512));
  });

  it.each([
    ['permission denied by access control policy: x', 'PERMISSION_DENIED', { reason: 'DENIED_BY_RULES' }],
    ['permission denied by admin access control policy', 'PERMISSION_DENIED', { reason: 'DENIED_BY_RULES' }],
    ['permission denied by access control policy', 'UNKNOWN', undefined],
    ['Unit: x is not allowed', 'PERMISSION_DENIED', undefined],
  ] as const)('of a server of the original shows whether its rules deny the call: %s (%s)', (details, code, info) => {
    expect(errorOfStatus({ code: status[code], details }).info).toEqual(info);
  });

  it('has the details for programs', () => {
    const metadata = new Metadata();
    const info = { reason: 'NOT_SET_EVERYWHERE', metadata: { vms: 'net-vm' } };
    metadata.set(detailsTrailer, encodeDetails(status.NOT_FOUND, 'gone', { field: 'VmName', info })!);
    expect(errorOfStatus({ code: status.NOT_FOUND, details: 'gone', metadata })).toMatchObject({
      reason: 'NOT_FOUND',
      field: 'VmName',
      info,
    });
    expect(errorOfStatus({ code: status.NOT_FOUND, metadata: new Metadata() })).toMatchObject({
      field: undefined,
      info: undefined,
    });
  });
});
