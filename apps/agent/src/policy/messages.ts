import { setImmediate } from 'node:timers/promises';
import type { ServerReadableStream } from '@grpc/grpc-js';
import { GivcError } from '@givc/model';
import { Timeout } from '@givc/time';

const hungUp = (cause?: unknown): GivcError => new GivcError('CANCELLED', 'the caller hung up', { cause });

/**
 * The messages of a caller, each read when it is asked for, so that a slow reader slows the caller down. It ends only
 * when the caller has said that there are no more. Throws DEADLINE_EXCEEDED when none comes for so long, CANCELLED when
 * the caller hangs up or is cut off.
 */
export async function* messagesOf<Message>(
  call: ServerReadableStream<Message, unknown>,
  silenceMs: number,
): AsyncGenerator<Message, void, undefined> {
  const messages = call.iterator({ destroyOnReturn: false }) as AsyncIterator<Message, undefined>;
  for (;;) {
    const next = await within(messages.next(), silenceMs);
    if (!next.done) {
      yield next.value;
      continue;
    }
    // Of a caller that hangs up, grpc-js (1.14.7) tells first that its messages have ended, and then that it is gone.
    await setImmediate();
    if (call.cancelled) throw hungUp();
    return;
  }
}

async function within<Value>(work: Promise<Value>, silenceMs: number): Promise<Value> {
  let timeout: Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const error = new GivcError('DEADLINE_EXCEEDED', `nothing came for ${silenceMs / 1_000} s`);
    timeout = new Timeout(silenceMs, () => reject(error));
  });
  try {
    return await Promise.race([work.catch((error: unknown) => Promise.reject(hungUp(error))), silence]);
  } finally {
    timeout?.cancel();
  }
}
