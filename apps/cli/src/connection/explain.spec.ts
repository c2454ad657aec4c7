// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf, parseEndpoint, type Reason } from '@givc/model';
import { explain } from './explain.js';

const endpoint = parseEndpoint('', { Protocol: 'tcp', Address: '127.0.0.1', Port: '9000', Name: 'admin.ghaf' });
function explained(message: string, { tls = true, reason }: { tls?: boolean; reason?: Reason } = {}): string {
  return messageOf(explain(new GivcError(reason ?? 'UNAVAILABLE', message), endpoint, tls));
}
const lost = (cause: string) => `No connection established. Last error: ${cause}. Resolution note: `;

describe('explain', () => {
  it.each([
    [
      lost('Error: connect ECONNREFUSED 127.0.0.1:9000'),
      'cannot reach the admin at 127.0.0.1:9000: connection refused; is givc-admin running, and are --addr and --port right?',
    ],
    [
      lost(
        "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: Host: admin.ghaf. is not in the cert's altnames: DNS:admin-vm, IP Address:192.168.101.10",
      ),
      "cannot reach the admin at 127.0.0.1:9000: its certificate is for admin-vm, 192.168.101.10, not for admin.ghaf; use --name with the admin's name",
    ],
    [
      lost('Error: self-signed certificate in certificate chain'),
      'cannot reach the admin at 127.0.0.1:9000: its certificate comes from another authority; is --cacert right?',
    ],
    [
      lost('Error: certificate has expired'),
      'cannot reach the admin at 127.0.0.1:9000: its certificate has expired; renew it, or set the clock',
    ],
    [
      lost('Error: 80DC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:record.c:350: '),
      'cannot reach the admin at 127.0.0.1:9000: it does not speak TLS; use --notls, or are --addr and --port right?',
    ],
    [
      lost('read ECONNRESET (2026-11-24T00:25:45.139Z)'),
      'cannot reach the admin at 127.0.0.1:9000: it closed the connection; does it trust the authority of --cert, and are --addr and --port right?',
    ],
    [
      'Name resolution failed for target dns:nosuch.invalid:9000',
      'cannot reach the admin at 127.0.0.1:9000: no such host; is --addr right?',
    ],
    [
      'Connection dropped',
      'the connection to the admin at 127.0.0.1:9000 broke; the request may or may not have been carried out',
    ],
  ])('replaces %j by a message with a suggestion', (message, sentence) => {
    expect(explained(message)).toBe(sentence);
  });

  it.each([
    [
      'GivcError: connect ECONNRESET vsock:2:9001: nothing listens there',
      'connection refused; is givc-admin running, and is --vsock right?',
    ],
    [
      'GivcError: connect ENODEV vsock:9:9001: no machine has the CID 9',
      'no machine has the CID 9, or this kernel has no way to it; is --vsock right, and is vhost_vsock (on a host), vmw_vsock_virtio_transport (in a VM) or vsock_loopback (CID 1) loaded?',
    ],
    ['GivcError: connect ETIMEDOUT vsock:2:9001: no answer within 5 s', 'no way to this address; is --vsock right?'],
    [
      'GivcError: connect EAFNOSUPPORT vsock:2:9001: this kernel has no vsock',
      'this kernel has no vsock; modprobe vsock',
    ],
    [
      'GivcError: vsock and input devices need the package "koffi", which is not there: a',
      'vsock needs koffi, which this program comes without; install givc-cli as it is packaged',
    ],
  ])('says of vsock what %j is about', (cause, sentence) => {
    const at = parseEndpoint('', { Protocol: 'vsock', Address: '2', Port: '9001', Name: 'admin.ghaf' });
    const error = explain(new GivcError('UNAVAILABLE', lost(cause)), at, true);
    expect(messageOf(error)).toBe(`cannot reach the admin at vsock:2:9001: ${sentence}`);
  });

  it('suggests TLS when the admin hangs up on plain text', () => {
    expect(explained(lost('Failed to connect (2026-11-24T00:25:44.765Z)'), { tls: false })).toBe(
      'cannot reach the admin at 127.0.0.1:9000: it closed the connection; does it expect TLS (--cacert, --cert, --key)?',
    );
  });

  it('distinguishes a slow admin from an unreachable one', () => {
    const late = (message: string) => explained(message, { reason: 'DEADLINE_EXCEEDED' });
    expect(late('Deadline exceeded after 15.000s, waiting for a connection')).toBe(
      'cannot reach the admin at 127.0.0.1:9000: no answer within 15 s; are --addr and --port right?',
    );
    expect(late('Deadline exceeded after 120.001s,remote_addr=127.0.0.1:9000')).toBe(
      'the admin at 127.0.0.1:9000 did not answer within 120 s; the request may still be carried out',
    );
  });

  it('does not change the errors of the admin itself, even about an unreachable agent', () => {
    const words = 'agent givc-chrome-vm.service cannot be reached: connect ECONNREFUSED 127.0.0.3:9000';
    expect(explained(words)).toBe(words);
    expect(explained('permission denied by admin access control policy', { reason: 'PERMISSION_DENIED' })).toBe(
      'permission denied by admin access control policy',
    );
  });

  it('leaves a mistake of the program alone', () => {
    const mistake = new TypeError('x is not a function');
    expect(explain(mistake, endpoint, true)).toBe(mistake);
  });
});
