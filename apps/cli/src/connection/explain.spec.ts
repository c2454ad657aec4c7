// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf, parseEndpoint, type Reason } from '@givc/model';
import type { ConnectionFailure, ConnectionProblem } from '@givc/rpc';
import { explain } from './explain.js';

const endpoint = parseEndpoint('', { Protocol: 'tcp', Address: '127.0.0.1', Port: '9000', Name: 'admin.ghaf' });

const failed = (failure: ConnectionFailure, reason: Reason = 'UNAVAILABLE') =>
  new GivcError(reason, 'text of the library', { cause: { failure } });
const notConnected = (problem: ConnectionProblem, detail?: string) =>
  failed({ state: 'not-connected', problem, ...(detail !== undefined && { detail }) });
const explained = (error: unknown, tls = true): string => messageOf(explain(error, endpoint, tls));

describe('explain', () => {
  it.each<[GivcError, string]>([
    [
      notConnected('refused'),
      'cannot reach the admin at 127.0.0.1:9000: connection refused; is givc-admin running, and are --addr and --port right?',
    ],
    [
      notConnected('other-name', 'DNS:admin-vm, IP Address:192.168.101.10'),
      "cannot reach the admin at 127.0.0.1:9000: its certificate is for admin-vm, 192.168.101.10, not for admin.ghaf; use --name with the admin's name",
    ],
    [
      notConnected('other-authority'),
      'cannot reach the admin at 127.0.0.1:9000: its certificate comes from another authority; is --cacert right?',
    ],
    [
      notConnected('not-valid-now', 'has expired'),
      'cannot reach the admin at 127.0.0.1:9000: its certificate has expired; renew it, or set the clock',
    ],
    [
      notConnected('rejected', 'it is retired'),
      'cannot reach the admin at 127.0.0.1:9000: its certificate is rejected: it is retired; renew it',
    ],
    [
      notConnected('no-tls'),
      'cannot reach the admin at 127.0.0.1:9000: it does not speak TLS; use --notls, or are --addr and --port right?',
    ],
    [
      notConnected('closed'),
      'cannot reach the admin at 127.0.0.1:9000: it closed the connection; does it trust the authority of --cert, and are --addr and --port right?',
    ],
    [notConnected('unresolved'), 'cannot reach the admin at 127.0.0.1:9000: no such host; is --addr right?'],
    [
      failed({ state: 'broken' }),
      'the connection to the admin at 127.0.0.1:9000 broke; the request may or may not have been carried out',
    ],
  ])('replaces an error of the connection by a message with a suggestion: %#', (error, sentence) => {
    expect(explained(error)).toBe(sentence);
  });

  it.each<[ConnectionProblem, string | undefined, string]>([
    ['refused', undefined, 'connection refused; is givc-admin running, and is --vsock right?'],
    [
      'no-machine',
      '9',
      'no machine has the CID 9, or this kernel has no way to it; is --vsock right, and is vhost_vsock (on a host), vmw_vsock_virtio_transport (in a VM) or vsock_loopback (CID 1) loaded?',
    ],
    ['unreachable', undefined, 'no way to this address; is --vsock right?'],
    ['no-vsock', undefined, 'this kernel has no vsock; modprobe vsock'],
    ['no-koffi', undefined, 'vsock needs koffi, which this program comes without; install givc-cli as it is packaged'],
  ])('explains for vsock what the problem %s means', (problem, detail, sentence) => {
    const at = parseEndpoint('', { Protocol: 'vsock', Address: '2', Port: '9001', Name: 'admin.ghaf' });
    const error = explain(notConnected(problem, detail), at, true);
    expect(messageOf(error)).toBe(`cannot reach the admin at vsock:2:9001: ${sentence}`);
  });

  it('suggests TLS when the admin hangs up on plain text', () => {
    expect(explained(notConnected('closed'), false)).toBe(
      'cannot reach the admin at 127.0.0.1:9000: it closed the connection; does it expect TLS (--cacert, --cert, --key)?',
    );
  });

  it('distinguishes a slow admin from an unreachable one', () => {
    const late = (seconds: number, wasConnected: boolean) =>
      explained(failed({ state: 'deadline-exceeded', seconds, wasConnected }, 'DEADLINE_EXCEEDED'));
    expect(late(15, false)).toBe(
      'cannot reach the admin at 127.0.0.1:9000: no answer within 15 s; are --addr and --port right?',
    );
    expect(late(120.001, true)).toBe(
      'the admin at 127.0.0.1:9000 did not answer within 120 s; the request may still be carried out',
    );
  });

  it('does not change the errors of the admin itself, even about an unreachable agent', () => {
    const words = 'agent givc-chrome-vm.service cannot be reached: connect ECONNREFUSED 127.0.0.3:9000';
    expect(explained(new GivcError('UNAVAILABLE', words))).toBe(words);
    const denial = 'permission denied by admin access control policy';
    expect(explained(new GivcError('PERMISSION_DENIED', denial))).toBe(denial);
  });

  it('leaves a mistake of the program alone', () => {
    const mistake = new TypeError('x is not a function');
    expect(explain(mistake, endpoint, true)).toBe(mistake);
  });
});
