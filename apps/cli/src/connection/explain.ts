// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { formatAddress, GivcError, type Endpoint } from '@givc/model';
import { connectionFailureOf, type ConnectionProblem } from '@givc/rpc';

/** What the user should know and do about a connection that failed. */
interface Advice {
  readonly problem: string;
  readonly fix: string;
}

const whereabouts = 'are --addr and --port right?';

const advices: Readonly<Record<Exclude<ConnectionProblem, 'closed'>, (name: string, detail: string) => Advice>> = {
  refused: () => ({ problem: 'connection refused', fix: `is givc-admin running, and ${whereabouts}` }),
  'no-socket': () => ({ problem: 'no such socket', fix: 'is givc-admin running, and is --addr right?' }),
  'not-permitted': () => ({ problem: 'permission denied', fix: 'may you use this socket?' }),
  unreachable: () => ({ problem: 'no way to this address', fix: whereabouts }),
  unresolved: () => ({ problem: 'no such host', fix: 'is --addr right?' }),
  'other-name': (name, detail) => ({
    problem: `its certificate is for ${detail.replace(/DNS:|IP Address:/g, '')}, not for ${name}`,
    fix: `use --name with the admin's name`,
  }),
  'not-valid-now': (_name, detail) => ({ problem: `its certificate ${detail}`, fix: 'renew it, or set the clock' }),
  'other-authority': () => ({ problem: 'its certificate comes from another authority', fix: 'is --cacert right?' }),
  'no-tls': () => ({ problem: 'it does not speak TLS', fix: `use --notls, or ${whereabouts}` }),
  'no-tls-version': () => ({
    problem: 'it cannot agree on TLS 1.3',
    fix: `is it givc-admin that listens there?`,
  }),
};

/** The other end has closed the connection: it rejected our certificate, or expects TLS. */
const hungUp = (tls: boolean): Advice =>
  tls
    ? {
        problem: 'it closed the connection',
        fix: 'does it trust the authority of --cert, and are --addr and --port right?',
      }
    : { problem: 'it closed the connection', fix: 'does it expect TLS (--cacert, --cert, --key)?' };

/**
 * Replaces the error of a connection by one that says what to do. An error status of the admin itself, and everything that
 * is no `GivcError`, is returned unchanged.
 */
export const explain = (error: unknown, endpoint: Endpoint, tls: boolean): unknown =>
  explained(
    error,
    `the admin at ${formatAddress(endpoint.address)}`,
    endpoint,
    tls,
    ({ problem, fix }) => `${problem}; ${fix}`,
  );

/** The same for the agent of a machine, without advice, as the user cannot change its address. */
export const explainAgent = (error: unknown, endpoint: Endpoint, tls: boolean): unknown =>
  explained(
    error,
    `the agent of ${endpoint.name} at ${formatAddress(endpoint.address)}`,
    endpoint,
    tls,
    ({ problem }) => problem,
  );

/** Whether a call was sent and its connection, or the server at the other end, has ended before the answer. */
export const hasBroken = (error: unknown): error is GivcError =>
  error instanceof GivcError &&
  (error.info?.reason === 'SERVER_CLOSING' || connectionFailureOf(error)?.state === 'broken');

function explained(
  error: unknown,
  at: string,
  { name }: Endpoint,
  tls: boolean,
  say: (advice: Advice) => string,
): unknown {
  if (!(error instanceof GivcError)) return error;
  const sentence = (text: string) => new GivcError(error.reason, text, { cause: error });
  if (hasBroken(error))
    return sentence(`the connection to ${at} broke; the request may or may not have been carried out`);
  const failure = connectionFailureOf(error);
  switch (failure?.state) {
    case 'not-connected': {
      const { problem, detail = '' } = failure;
      const advice = problem === 'closed' ? hungUp(tls) : advices[problem](name, detail);
      return sentence(`cannot reach ${at}: ${say(advice)}`);
    }
    case 'late': {
      const seconds = Math.round(failure.seconds);
      return failure.wasConnected
        ? sentence(`${at} did not answer within ${seconds} s; the request may still be carried out`)
        : sentence(`cannot reach ${at}: ${say({ problem: `no answer within ${seconds} s`, fix: whereabouts })}`);
    }
    case 'broken':
    case undefined:
      return error;
  }
}
