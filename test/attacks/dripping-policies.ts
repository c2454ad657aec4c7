// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// One caller opens streams of policies that drip empty chunks, as many as an agent takes: another one installs its policy.
import { setMaxListeners } from 'node:events';
import { setInterval } from 'node:timers/promises';
import { policyadmin } from '@givc/rpc';
import { attack } from './support.js';

const streams = 20;
const everyMs = 200;
const allowedMiB = 32;
const { streamPolicy } = policyadmin.PolicyAdminService;

/** The attack itself: at this pace nothing is ever missing for long, and nothing ever comes. */
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

await attack(async (scene) => {
  const policy = { enable: true, storePath: `${scene.folder}/policies`, policies: { firewall: '' } };
  const agent = await scene.startAgent('net-vm', { capabilities: { policy } });
  const [evil, honest] = [scene.channel(agent, 'evil-vm'), scene.channel(agent, 'honest-vm')];
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
  // Those that are refused are refused by then.
  await Promise.race(open);
  const from = performance.now();
  const outcome = await honest.clientStream(streamPolicy, whole(), { deadlineMs: 30_000 }).then(
    ({ Status }) => Status,
    (error: Error) => error.message,
  );
  const tookMs = performance.now() - from;
  scene.verdict(
    `${streams} streams of policies that drip empty chunks`,
    outcome === 'Success',
    `another caller: ${outcome} after ${tookMs.toFixed(0)} ms`,
  );
  const ended = await Promise.all(open);
  const grown = agent.memory().peak - memory;
  scene.verdict('the memory of the agent meanwhile', grown < allowedMiB, `${grown.toFixed(0)} MiB more`);
  scene.verdict(
    'the streams themselves',
    !ended.includes('installed') && ended.includes('DEADLINE_EXCEEDED'),
    [...new Set(ended)].join(', '),
  );
  over.abort();
});
