import { setImmediate } from 'node:timers/promises';
import type { ServerReadableStream } from '@grpc/grpc-js';
import { GivcError } from '@givc/model';
import type { Slot } from '@givc/queue';

const hungUp = (cause?: unknown): GivcError => new GivcError('CANCELLED', 'the caller hung up', { cause });

/**
 * The messages of a caller, each read when it is asked for, so that a slow reader slows the caller down. It ends only
 * when the caller has said that there are no more. Throws CANCELLED when the caller hangs up or is cut off, and why the
 * place in the queue is lost when it is.
 */
export async function* messagesOf<Message>(
  call: ServerReadableStream<Message, unknown>,
  place: Pick<Slot, 'signal' | 'reason'>,
): AsyncGenerator<Message, void, undefined> {
  const messages = call.iterator({ destroyOnReturn: false }) as AsyncIterator<Message, undefined>;
  for (;;) {
    const next = await within(messages.next(), place);
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

async function within<Value>(work: Promise<Value>, place: Pick<Slot, 'signal' | 'reason'>): Promise<Value> {
  let lose: () => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    lose = () => reject(place.reason);
    if (place.signal.aborted) lose();
    else place.signal.addEventListener('abort', lose, { once: true });
  });
  try {
    return await Promise.race([work.catch((error: unknown) => Promise.reject(hungUp(error))), lost]);
  } finally {
    place.signal.removeEventListener('abort', lose);
  }
}
