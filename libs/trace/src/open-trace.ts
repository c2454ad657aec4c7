// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AsyncLocalStorage } from 'node:async_hooks';
import type { TraceContext } from './trace-context.js';

/**
 * While it is enabled, Node 20 calls hooks for each promise and each event of this process. So it is disabled while no
 * trace is open. It is made with the first trace, because it cannot be in a snapshot of V8's heap.
 */
let storage: AsyncLocalStorage<OpenTrace> | undefined;
let open = 0;

/** The trace of a call that is open. Close it with the call. */
export class OpenTrace {
  #isOpen = true;

  constructor(readonly context: TraceContext) {
    open++;
  }

  /** What belongs to a trace after its call may be a connection that other calls use later. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Runs the work, with everything that it awaits, as a part of the trace. */
  run<T>(work: () => T): T {
    if (!this.#isOpen) return work();
    storage ??= new AsyncLocalStorage();
    return storage.run(this, work);
  }

  /** Nothing is a part of the trace any more. Further calls have no effect. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (--open === 0) storage?.disable();
  }
}

/** The trace that the current code is a part of; undefined for none, and once its call has ended. */
export function currentTrace(): TraceContext | undefined {
  if (open === 0) return undefined;
  const trace = storage?.getStore();
  return trace?.isOpen ? trace.context : undefined;
}
