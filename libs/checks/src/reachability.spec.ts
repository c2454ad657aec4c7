// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { ConnectionFailure } from '@givc/rpc';
import { adviceFor } from './reachability.js';

const failed = (failure: ConnectionFailure) =>
  new GivcError('UNAVAILABLE', 'text of the library', { cause: { failure } });

describe('the advice about a peer', () => {
  it.each<[ConnectionFailure, string, string]>([
    [{ state: 'not-connected', problem: 'refused' }, 'refuses connections', 'is its daemon running'],
    [{ state: 'not-connected', problem: 'unresolved' }, 'its host name is unknown', '/etc/hosts'],
    [{ state: 'not-connected', problem: 'other-name', detail: 'DNS:gui-vm' }, 'for gui-vm', 'correct the name'],
    [{ state: 'not-connected', problem: 'other-authority' }, 'another authority', 'ca-cert.pem'],
    [{ state: 'not-connected', problem: 'not-valid-now', detail: 'has expired' }, 'that has expired', 'renew it'],
    [{ state: 'deadline-exceeded', seconds: 3, wasConnected: false }, 'no answer within 3 s', 'is the machine running'],
    [
      { state: 'deadline-exceeded', seconds: 3, wasConnected: true },
      'did not answer within 3 s',
      'overloaded, or frozen',
    ],
    [{ state: 'broken' }, 'failed: text of the library', 'see the log'],
  ])('names what has failed and what to do: %j', (failure, message, fix) => {
    expect(adviceFor(failed(failure))).toMatchObject({
      message: expect.stringContaining(message),
      fix: expect.stringContaining(fix),
    });
  });

  it('blames the certificate of this machine when a peer closes the connection, and nothing else does', () => {
    const own = { message: 'the certificate /c ended on Nov 26', fix: 'renew it' };
    const closed = failed({ state: 'not-connected', problem: 'closed' });
    expect(adviceFor(new GivcError('UNAVAILABLE', 'explained', { cause: closed }), own)).toEqual({
      message: 'closes the connection, because the certificate /c ended on Nov 26',
      fix: 'renew it',
      isOfTls: true,
    });
    const refused = failed({ state: 'not-connected', problem: 'refused' });
    expect(adviceFor(refused, own)).toMatchObject({ message: 'refuses connections', isOfTls: false });
  });
});
