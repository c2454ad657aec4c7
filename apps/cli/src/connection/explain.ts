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
  'no-tls': () => ({ problem: 'it talks no TLS', fix: `use --notls, or ${whereabouts}` }),
  'no-tls-version': () => ({
    problem: 'it cannot agree on TLS 1.3',
    fix: `is it givc-admin that listens there?`,
  }),
};

/** Where the other end hung up without a word: a certificate that it refused, or no TLS where it expects some. */
const hungUp = (tls: boolean): Advice =>
  tls
    ? {
        problem: 'it closed the connection',
        fix: 'does it trust the authority of --cert, and are --addr and --port right?',
      }
    : { problem: 'it closed the connection', fix: 'does it expect TLS (--cacert, --cert, --key)?' };

/**
 * Turns the failure of a connection into one sentence that says what to do. What the admin itself answered, and
 * everything that is no `GivcError`, is returned as it came.
 */
export const explain = (error: unknown, endpoint: Endpoint, tls: boolean): unknown =>
  explained(
    error,
    `the admin at ${formatAddress(endpoint.address)}`,
    endpoint,
    tls,
    ({ problem, fix }) => `${problem}; ${fix}`,
  );

/** The same of the agent of a machine, about whose address the user can do nothing. */
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
  if (hasBroken(error)) return sentence(`the connection to ${at} broke; what was asked may have been done or not`);
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
        ? sentence(`${at} did not answer within ${seconds} s; what was asked may still be done`)
        : sentence(`cannot reach ${at}: ${say({ problem: `no answer within ${seconds} s`, fix: whereabouts })}`);
    }
    case 'broken':
    case undefined:
      return error;
  }
}
