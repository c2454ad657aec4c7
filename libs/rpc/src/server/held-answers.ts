// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CallInternals } from '../grpc-js/intercepted-call.js';
import type { UnreadAnswers } from './unread-answers.js';

type OnWritten = (error?: Error | null) => void;

/**
 * Has the messages that a call answers wait while its peer has not read those before, over all its calls. grpc-js
 * encodes each at once and hands it to its stream, which keeps it for as long as the peer does not read; so this counts what
 * the stream below the call is given until it has gone.
 */
export function holdAnswers(
  call: Pick<CallInternals, 'stream' | 'sendMessage'>,
  peer: string,
  answers: UnreadAnswers,
): void {
  const { stream } = call;
  const sendMessage = call.sendMessage.bind(call);
  const write = stream.write.bind(stream) as (bytes: Buffer, onWritten: OnWritten) => boolean;
  const waiting = new Set<() => void>();
  let unread = 0;
  const read = (bytes: number): void => {
    if (bytes === 0) return;
    unread -= bytes;
    answers.count(peer, -bytes);
  };
  call.sendMessage = (message, onSent) => {
    const send = (): void => {
      waiting.delete(send);
      sendMessage(message, onSent);
    };
    waiting.add(send);
    answers.enter(peer, send);
  };
  stream.write = ((bytes: Buffer, onWritten: OnWritten) => {
    unread += bytes.length;
    answers.count(peer, bytes.length);
    return write(bytes, (error) => {
      read(Math.min(bytes.length, unread));
      onWritten(error);
    });
  }) as typeof stream.write;
  stream.once('close', () => {
    for (const send of waiting) answers.leave(peer, send);
    read(unread);
  });
}
