// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setImmediate } from 'node:timers/promises';
import { callerCancelled, type Slot } from '@givc/queue';
import type { ClientStreamingCall } from '@givc/rpc';

/**
 * The messages of a caller; each is read on request, so that a slow reader slows the caller down. The iteration ends
 * only when the caller has ended its messages. Throws CANCELLED when the caller hangs up or is cut off, and the reason
 * of the slot when that expires.
 */
export async function* messagesOf<Message>(
  call: ClientStreamingCall<Message>,
  slot: Pick<Slot, 'signal' | 'reason'>,
): AsyncGenerator<Message, void, undefined> {
  const messages = call.iterator({ destroyOnReturn: false }) as AsyncIterator<Message, undefined>;
  for (;;) {
    const next = await within(messages.next(), slot);
    if (!next.done) {
      yield next.value;
      continue;
    }
    // When a caller resets its stream, Node (20) ends its messages before it reports the reset: messages.spec.ts.
    await setImmediate();
    if (call.cancelled) throw callerCancelled();
    return;
  }
}

async function within<Value>(work: Promise<Value>, slot: Pick<Slot, 'signal' | 'reason'>): Promise<Value> {
  let lose: () => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    lose = () => reject(slot.reason);
    if (slot.signal.aborted) lose();
    else slot.signal.addEventListener('abort', lose, { once: true });
  });
  try {
    return await Promise.race([work.catch((error: unknown) => Promise.reject(callerCancelled(error))), lost]);
  } finally {
    slot.signal.removeEventListener('abort', lose);
  }
}
