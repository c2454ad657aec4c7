// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf, parseEndpoint, type Reason } from '@givc/model';
import type { ConnectionFailure, ConnectionProblem } from '@givc/rpc';
import { createAuthority } from '@givc/pki';
import { explain, type OwnCertificate } from './explain.js';

const endpoint = parseEndpoint('', { Protocol: 'tcp', Address: '127.0.0.1', Port: '9000', Name: 'admin.ghaf' });

const failed = (failure: ConnectionFailure, reason: Reason = 'UNAVAILABLE') =>
  new GivcError(reason, 'text of the library', { cause: { failure } });
const notConnected = (problem: ConnectionProblem, detail?: string) =>
  failed({ state: 'not-connected', problem, ...(detail !== undefined && { detail }) });
const dayMs = 24 * 60 * 60 * 1_000;
const ownFrom = (notBefore: Date): OwnCertificate => {
  const issued = createAuthority({ notBefore: new Date(Date.now() - 10 * dayMs) }).issue({
    name: 'gui-vm',
    addresses: [],
    notBefore,
    days: 1,
  });
  return { file: '/etc/givc/cert.pem', pem: () => Buffer.from(issued.certificate) };
};
const valid = ownFrom(new Date());
const explained = (error: unknown, own: OwnCertificate | undefined = valid): string =>
  messageOf(explain(error, endpoint, own));

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
    const error = explain(notConnected(problem, detail), at, valid);
    expect(messageOf(error)).toBe(`cannot reach the admin at vsock:2:9001: ${sentence}`);
  });

  it('suggests TLS when the admin hangs up on plain text', () => {
    expect(messageOf(explain(notConnected('closed'), endpoint, undefined))).toBe(
      'cannot reach the admin at 127.0.0.1:9000: it closed the connection; does it expect TLS (--cacert, --cert, --key)?',
    );
  });

  it.each([
    [-3, / ended on .* GMT; renew it: issue it again \(givc-cli certs issue\); see givc-cli doctor$/],
    [1, / is not valid before .* GMT: is the clock right\?; set the clock, or issue it again; see givc-cli doctor$/],
  ])('names its own certificate when the admin hangs up, and its days begin %d days from now', (days, sentence) => {
    const text = explained(notConnected('closed'), ownFrom(new Date(Date.now() + days * dayMs)));
    expect(text).toMatch(/ it closed the connection, because the certificate \/etc\/givc\/cert\.pem /);
    expect(text).toMatch(sentence);
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
    expect(explain(mistake, endpoint, valid)).toBe(mistake);
  });
});
