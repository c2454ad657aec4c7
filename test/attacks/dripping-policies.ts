// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// One caller opens as many streams of policies as an agent accepts, and drips empty chunks into them; another caller
// installs its policy meanwhile.
import { setMaxListeners } from 'node:events';
import { setInterval } from 'node:timers/promises';
import { policyadmin } from '@givc/rpc';
import { attack } from './support.js';

const streams = 20;
const everyMs = 200;
const allowedMiB = 32;
const { streamPolicy } = policyadmin.PolicyAdminService;

/** The interval of the chunks: no stream is idle for long, and none makes progress. */
async function* drip(isOver: AbortSignal): AsyncGenerator<policyadmin.StreamPolicyRequest> {
  const empty = { policy_name: '', policy_chunk: Buffer.alloc(0) };
  yield { ...empty, policy_name: 'firewall' };
  try {
    yield* setInterval(everyMs, empty, { signal: isOver });
  } catch (error) {
    if (!isOver.aborted) throw error;
  }
}

async function* whole(): AsyncGenerator<policyadmin.StreamPolicyRequest> {
  yield await Promise.resolve({ policy_name: 'firewall', policy_chunk: Buffer.from('allow') });
}

await attack(async (system) => {
  const policy = { enable: true, storePath: `${system.folder}/policies`, policies: { firewall: '' } };
  const agent = await system.startAgent('net-vm', { capabilities: { policy } });
  const [evil, honest] = [system.channel(agent, 'evil-vm'), system.channel(agent, 'honest-vm')];
  agent.resetPeak();
  const memory = agent.memory().now;
  const over = new AbortController();
  setMaxListeners(streams, over.signal);
  const open = Array.from({ length: streams }, () =>
    evil.clientStream(streamPolicy, drip(over.signal), { signal: over.signal }).then(
      () => 'installed',
      (error: { reason?: string }) => error.reason ?? 'failed',
    ),
  );
  // By then the agent has rejected the streams over the limit.
  await Promise.race(open);
  const from = performance.now();
  const outcome = await honest.clientStream(streamPolicy, whole(), { deadlineMs: 30_000 }).then(
    ({ Status }) => Status,
    (error: Error) => error.message,
  );
  const tookMs = performance.now() - from;
  system.check(
    `${streams} streams of policies that drip empty chunks`,
    outcome === 'Success',
    `another caller: ${outcome} after ${tookMs.toFixed(0)} ms`,
  );
  const ended = await Promise.all(open);
  const grown = agent.memory().peak - memory;
  system.check('the memory of the agent meanwhile', grown < allowedMiB, `${grown.toFixed(0)} MiB more`);
  system.check(
    'the streams themselves',
    !ended.includes('installed') && ended.includes('DEADLINE_EXCEEDED'),
    [...new Set(ended)].join(', '),
  );
  over.abort();
});
