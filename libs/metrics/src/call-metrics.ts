// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CallObserver } from '@givc/rpc';
import type { Metrics } from './metrics.js';

/** Buckets from a look into the registry to a start that waits for its VM. */
const secondsOfCall = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts the calls of a server by rpc and status, and measures unary calls. */
export function callMetrics(metrics: Metrics): CallObserver {
  let open = 0;
  const calls = metrics.counter(
    'givc_rpc_calls_total',
    'Calls that have ended, by rpc and gRPC status; CANCELLED when the caller hung up.',
    ['rpc', 'code'],
  );
  const durations = metrics.histogram(
    'givc_rpc_duration_seconds',
    'Duration of unary calls, including rejected ones.',
    secondsOfCall,
    ['rpc'],
  );
  metrics.gauge('givc_rpc_open_calls', 'Calls that are open, including streams.', () => open);
  return {
    began: (rpc, isUnary) => {
      const started = performance.now();
      open++;
      return (code) => {
        open--;
        calls.inc({ rpc, code });
        if (isUnary) durations.observe({ rpc }, (performance.now() - started) / 1_000);
      };
    },
  };
}
