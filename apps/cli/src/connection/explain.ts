import { formatAddress, GivcError, type Endpoint } from '@givc/model';

/** What the user should know and do about a connection that failed. */
interface Advice {
  readonly problem: string;
  readonly fix: string;
}

const whereabouts = 'are --addr and --port right?';

/** What node:net, node:tls, OpenSSL and grpc-js call the ways in which a connection fails. */
const causes: readonly [pattern: RegExp, advice: (found: RegExpExecArray, name: string) => Advice][] = [
  [/ECONNREFUSED/, () => ({ problem: 'connection refused', fix: `is givc-admin running, and ${whereabouts}` })],
  [/ENOENT/, () => ({ problem: 'no such socket', fix: 'is givc-admin running, and is --addr right?' })],
  [/EACCES/, () => ({ problem: 'permission denied', fix: 'may you use this socket?' })],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, () => ({ problem: 'no way to this address', fix: whereabouts })],
  [/^Name resolution failed/, () => ({ problem: 'no such host', fix: 'is --addr right?' })],
  [
    /not in the cert's altnames: (.*?)(?:\. Resolution note.*)?$/,
    ([, found = ''], name) => ({
      problem: `its certificate is for ${found.replace(/DNS:|IP Address:/g, '')}, not for ${name}`,
      fix: `use --name with the admin's name`,
    }),
  ],
  [
    /certificate has expired|certificate is not yet valid/,
    ([text]) => ({ problem: `its ${text}`, fix: 'renew it, or set the clock' }),
  ],
  [
    /self-signed certificate|unable to (?:verify|get)/,
    () => ({ problem: 'its certificate comes from another authority', fix: 'is --cacert right?' }),
  ],
  [
    /wrong version number|packet length too long/,
    () => ({ problem: 'it talks no TLS', fix: `use --notls, or ${whereabouts}` }),
  ],
  [
    /protocol version|handshake failure/,
    () => ({ problem: 'it cannot agree on TLS 1.3', fix: `is it givc-admin that listens there?` }),
  ],
];

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
  (error.info?.reason === 'SERVER_CLOSING' ||
    /^(Connection dropped|read ECONN|write E|Received RST_STREAM|Stream refused|Call ended)/.test(error.message));

function explained(
  error: unknown,
  at: string,
  { name }: Endpoint,
  tls: boolean,
  say: (advice: Advice) => string,
): unknown {
  if (!(error instanceof GivcError)) return error;
  const sentence = (text: string) => new GivcError(error.reason, text, { cause: error });
  if (/^(No connection established|Name resolution failed)/.test(error.message)) {
    for (const [pattern, advice] of causes) {
      const found = pattern.exec(error.message);
      if (!found) continue;
      return sentence(`cannot reach ${at}: ${say(advice(found, name))}`);
    }
    return sentence(`cannot reach ${at}: ${say(hungUp(tls))}`);
  }
  const late = /^Deadline exceeded after ([0-9.]+)s/.exec(error.message);
  if (late) {
    const seconds = Math.round(Number(late[1]));
    return error.message.includes('waiting for a connection')
      ? sentence(`cannot reach ${at}: ${say({ problem: `no answer within ${seconds} s`, fix: whereabouts })}`)
      : sentence(`${at} did not answer within ${seconds} s; what was asked may still be done`);
  }
  if (hasBroken(error)) return sentence(`the connection to ${at} broke; what was asked may have been done or not`);
  return error;
}
