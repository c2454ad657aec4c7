// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// As much of gRPC and its messages as the first calls of a daemon need.
const { Buffer } = require('node:buffer');
const http2 = require('node:http2');

const unimplemented = '12';

/** A field with a small number, a text or a message in it (https://protobuf.dev/programming-guides/encoding/). */
const field = (number, value) => {
  if (typeof value === 'number') return Buffer.from([number << 3, value]);
  const bytes = Buffer.from(value);
  if (bytes.length > 127) throw new Error(`field ${number} has ${bytes.length} bytes`);
  return Buffer.from([(number << 3) | 2, bytes.length, ...bytes]);
};

/** A message with these fields, numbered from 1. */
const message = (...values) => Buffer.concat(values.map((value, index) => field(index + 1, value)));

/** A message as it is sent: not compressed, and its length before it. */
const framed = (bytes) => Buffer.from([0, 0, 0, bytes.length >> 8, bytes.length & 255, ...bytes]);

/** Listens on a free port; `answers` has the answer to each rpc by its path, and other rpcs are UNIMPLEMENTED. */
function serve(credentials, answers, onCall = () => undefined) {
  const server = http2.createSecureServer({ ...credentials, requestCert: true });
  server.on('stream', (stream, headers) => {
    const path = headers[':path'];
    const answer = answers[path];
    const status = { 'grpc-status': answer === undefined ? unimplemented : '0' };
    stream.on('error', () => undefined);
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(status));
    stream.resume().end(answer === undefined ? undefined : framed(answer), () => onCall(path));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

/** Makes calls, one after the other, and resolves with the statuses and messages of those that have failed. */
async function call(port, name, credentials, calls) {
  const session = http2.connect(`https://127.0.0.1:${port}`, { ...credentials, servername: name });
  const failures = [];
  for (const [path, request] of calls) {
    const stream = session.request({
      ...{ ':method': 'POST', ':path': path },
      ...{ 'content-type': 'application/grpc', te: 'trailers' },
    });
    stream.end(framed(request));
    const { 'grpc-status': status, 'grpc-message': text } = await new Promise((resolve, reject) => {
      const end = {};
      const read = (headers) => Object.assign(end, headers);
      stream.on('response', read).on('trailers', read).on('error', reject);
      stream.on('close', () => resolve(end)).resume();
    });
    if (status !== '0') failures.push(`${path}: ${status} ${text}`);
  }
  session.destroy();
  return failures;
}

module.exports = { call, message, serve };
