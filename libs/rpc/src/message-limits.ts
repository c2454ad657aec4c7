const kibibyte = 1024;

/** More than any request of one rpc has: names, arguments, a notification, a PIN. */
export const smallMessage = 64 * kibibyte;
/** As in every implementation of gRPC. */
export const largestMessage = 4 * kibibyte * kibibyte;

/** The rpcs whose callers send more in one message than a request is long; every other takes `smallMessage`. */
const larger: Readonly<Record<string, number>> = {
  // A chunk of a policy is as large as its sender likes.
  '/policyadmin.PolicyAdmin/StreamPolicy': largestMessage,
  // All units of a machine at once.
  '/report.Reports/Report': largestMessage,
  // What a socket carries, and what a program reads.
  '/socketproxy.SocketStream/TransferData': largestMessage,
  '/exec.Exec/RunCommand': largestMessage,
};

/** How many bytes a message to this rpc, `/package.Service/Method`, may have. */
export const messageLimit = (path: string): number => larger[path] ?? smallMessage;
