import { Injectable } from '@nestjs/common';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { Observable } from 'rxjs';
import type { admin } from '@givc/rpc';
import { RegistryStore } from './registry-store.js';
import { watchItem, WatchQueue } from './watch-queue.js';

/** Streams the registry: its whole list once, then each change once, in order, none lost in between. */
@Injectable()
export class WatchService {
  readonly #queues = new Set<WatchQueue>();

  constructor(private readonly store: RegistryStore) {}

  /** How many watch now. */
  get count(): number {
    return this.#queues.size;
  }

  /** How many changes wait for watchers that do not read, of all watchers together. */
  get backlog(): number {
    let waiting = 0;
    for (const queue of this.#queues) waiting += queue.size;
    return waiting;
  }

  /**
   * Writes to the call itself, so that what the caller does not read waits in a queue that cannot grow without end.
   * The Observable emits nothing; it lives as long as the call.
   */
  watch(call: ServerWritableStream<admin.Empty, admin.WatchItem>): Observable<never> {
    return new Observable(() => {
      const queue = new WatchQueue();
      this.#queues.add(queue);
      let writable = call.write({ Status: { $case: 'Initial', value: this.store.list() } });
      const drain = () => {
        writable = true;
        for (let next = queue.shift(); next; next = writable ? queue.shift() : undefined) writable = call.write(next);
      };
      call.on('drain', drain);
      const stop = this.store.onChange((change) => {
        if (writable) writable = call.write(watchItem(change.kind, change.item));
        else queue.push(change);
      });
      return () => {
        this.#queues.delete(queue);
        stop();
        call.off('drain', drain);
      };
    });
  }
}
