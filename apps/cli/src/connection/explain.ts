// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { checkDates } from '@givc/checks';
import { formatAddress, GivcError, type Endpoint } from '@givc/model';
import { connectionFailureOf, type ConnectionFailure, type ConnectionProblem } from '@givc/rpc';

/** The problem of a failed connection, and a suggestion. */
export interface Advice {
  readonly problem: string;
  readonly fix: string;
  /** The command that says more. */
  readonly seeAlso?: string;
}

/** The certificate of this command line: its file, and its contents as they are now. */
export interface OwnCertificate {
  readonly file: string;
  readonly pem: () => Buffer;
}

const whereabouts = ({ address }: Endpoint): string =>
  address.protocol === 'vsock' ? 'is --vsock right?' : 'are --addr and --port right?';

type Advise = (endpoint: Endpoint, detail: string) => Advice;

const advices: Readonly<Record<Exclude<ConnectionProblem, 'closed'>, Advise>> = {
  refused: (endpoint) => ({
    problem: 'connection refused',
    fix: `is givc-admin running, and ${whereabouts(endpoint)}`,
  }),
  'no-machine': (_endpoint, cid) => ({
    problem: `no machine has the CID ${cid}, or this kernel has no way to it`,
    fix: 'is --vsock right, and is vhost_vsock (on a host), vmw_vsock_virtio_transport (in a VM) or vsock_loopback (CID 1) loaded?',
  }),
  'no-vsock': () => ({ problem: 'this kernel has no vsock', fix: 'modprobe vsock' }),
  'no-koffi': () => ({
    problem: 'vsock needs koffi, which this program comes without',
    fix: 'install givc-cli as it is packaged',
  }),
  'no-socket': () => ({ problem: 'no such socket', fix: 'is givc-admin running, and is --addr right?' }),
  'not-permitted': () => ({ problem: 'permission denied', fix: 'may you use this socket?' }),
  unreachable: (endpoint) => ({ problem: 'no way to this address', fix: whereabouts(endpoint) }),
  unresolved: () => ({ problem: 'no such host', fix: 'is --addr right?' }),
  'other-name': ({ name }, detail) => ({
    problem: `its certificate is for ${detail.replace(/DNS:|IP Address:/g, '')}, not for ${name}`,
    fix: `use --name with the admin's name`,
  }),
  'not-valid-now': (_endpoint, detail) => ({ problem: `its certificate ${detail}`, fix: 'renew it, or set the clock' }),
  'other-authority': () => ({ problem: 'its certificate comes from another authority', fix: 'is --cacert right?' }),
  rejected: (_endpoint, reason) => ({ problem: `its certificate is rejected: ${reason}`, fix: 'renew it' }),
  'no-tls': (endpoint) => ({
    problem: 'it does not speak TLS',
    fix: `use --notls, or ${whereabouts(endpoint)}`,
  }),
  'no-tls-version': () => ({
    problem: 'it cannot agree on TLS 1.3',
    fix: `is it givc-admin that listens there?`,
  }),
};

/** The other end has closed the connection: it rejected the client's certificate, or expects TLS. */
function hungUp(endpoint: Endpoint, own: OwnCertificate | undefined): Advice {
  const problem = 'it closed the connection';
  if (!own) return { problem, fix: 'does it expect TLS (--cacert, --cert, --key)?' };
  const { state, message, fix } = checkDates(new X509Certificate(own.pem()), own.file);
  return state === 'failure'
    ? { problem: `${problem}, because the certificate ${own.file} ${message}`, fix, seeAlso: 'givc-cli doctor' }
    : { problem, fix: `does it trust the authority of --cert, and ${whereabouts(endpoint)}` };
}

/**
 * Replaces a connection error by one that suggests what to do. An error status of the admin itself, and everything that
 * is not a `GivcError`, is returned unchanged. Without TLS, `own` is undefined.
 */
export const explain = (error: unknown, endpoint: Endpoint, own: OwnCertificate | undefined): unknown =>
  explained(
    error,
    `the admin at ${formatAddress(endpoint.address)}`,
    endpoint,
    own,
    ({ problem, fix, seeAlso }) => `${problem}; ${fix}${seeAlso === undefined ? '' : `; see ${seeAlso}`}`,
  );

/** What is wrong with the connection to the admin, and a suggestion; undefined for an answer of the admin itself. */
export function adviceOf(error: unknown, endpoint: Endpoint, own: OwnCertificate | undefined): Advice | undefined {
  const failure = error instanceof GivcError ? connectionFailureOf(error) : undefined;
  switch (failure?.state) {
    case 'not-connected':
      return adviceOn(failure, endpoint, own);
    case 'deadline-exceeded':
      return {
        problem: `no answer within ${Math.round(failure.seconds)} s`,
        fix: failure.wasConnected ? 'is it overloaded, or frozen?' : whereabouts(endpoint),
      };
    case 'broken':
      return { problem: 'the connection broke', fix: 'try again' };
    case undefined:
      return undefined;
  }
}

type NotConnected = Extract<ConnectionFailure, { readonly state: 'not-connected' }>;

const adviceOn = (
  { problem, detail = '' }: NotConnected,
  endpoint: Endpoint,
  own: OwnCertificate | undefined,
): Advice => (problem === 'closed' ? hungUp(endpoint, own) : advices[problem](endpoint, detail));

/** As `explain`, for the agent of a machine, without suggestions, because the user cannot change its address. */
export const explainAgent = (error: unknown, endpoint: Endpoint, own: OwnCertificate | undefined): unknown =>
  explained(
    error,
    `the agent of ${endpoint.name} at ${formatAddress(endpoint.address)}`,
    endpoint,
    own,
    ({ problem }) => problem,
  );

/** Whether a call was sent and its connection, or the server at the other end, has ended before the answer. */
export const hasBroken = (error: unknown): error is GivcError =>
  error instanceof GivcError &&
  (error.info?.reason === 'SERVER_CLOSING' || connectionFailureOf(error)?.state === 'broken');

function explained(
  error: unknown,
  at: string,
  endpoint: Endpoint,
  own: OwnCertificate | undefined,
  say: (advice: Advice) => string,
): unknown {
  if (!(error instanceof GivcError)) return error;
  const sentence = (text: string) => new GivcError(error.reason, text, { cause: error });
  if (hasBroken(error))
    return sentence(`the connection to ${at} broke; the request may or may not have been carried out`);
  const failure = connectionFailureOf(error);
  switch (failure?.state) {
    case 'not-connected':
      return sentence(`cannot reach ${at}: ${say(adviceOn(failure, endpoint, own))}`);
    case 'deadline-exceeded': {
      const seconds = Math.round(failure.seconds);
      return failure.wasConnected
        ? sentence(`${at} did not answer within ${seconds} s; the request may still be carried out`)
        : sentence(
            `cannot reach ${at}: ${say({ problem: `no answer within ${seconds} s`, fix: whereabouts(endpoint) })}`,
          );
    }
    case 'broken':
    case undefined:
      return error;
  }
}
