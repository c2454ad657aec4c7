// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CallInternals } from '../grpc-js/intercepted-call.js';
import type { UnreadAnswers } from './unread-answers.js';

type OnWritten = (error?: Error | null) => void;

/**
 * Holds the answers of a call while its peer has not read earlier ones, over all its calls. grpc-js encodes each answer
 * at once and passes it to its stream, which keeps it until the peer reads; so this counts the bytes in the stream
 * below the call.
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
