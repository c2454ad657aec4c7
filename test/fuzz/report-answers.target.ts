// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { report, reportProtocolVersion } from '@givc/rpc';
import { FakeReportCall } from '../../apps/agent/src/registration/report-call.fixture.js';
import { ReportStream } from '../../apps/agent/src/registration/report-stream.js';
import { application, entry } from '../../apps/agent/src/registration/unit-entries.fixture.js';
import { sentBy } from './engine/sent.js';
import { target } from './engine/target.js';
import { messagesLike } from './engine/values.js';

type Response = report.ReportResponse;

const units = ['web.service', 'clock.service', 'chromium@0.service', '__proto__'];
const rejected: report.Rejected = { name: 'web.service', reason: 'Name: no' };
const accepted: Response = {
  message: {
    $case: 'snapshot_accepted',
    value: { rejected: [rejected], protocol_version: reportProtocolVersion, admin_version: '0.1.0' },
  },
};

const responses: fc.Arbitrary<Response> = messagesLike<Response>(
  [
    accepted,
    { message: { $case: 'acknowledged', value: { count: 2 } } },
    { message: { $case: 'rejected', value: rejected } },
    { message: { $case: 'heartbeat', value: {} } },
    { message: undefined },
  ],
  units,
);

const reply = fc.constantFrom<Response>(
  accepted,
  ...units.map((name): Response => ({ message: { $case: 'rejected', value: { name, reason: 'no' } } })),
);

/** The events of a stream, one after the other. */
type Step =
  | { readonly kind: 'answer'; readonly response: Response }
  | { readonly kind: 'change'; readonly unit: string; readonly state: string; readonly isApplication: boolean }
  | { readonly kind: 'flush' }
  | { readonly kind: 'admin reads'; readonly reads: boolean }
  | { readonly kind: 'end'; readonly code: number; readonly details: string };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.oneof(responses, reply).map((response): Step => ({ kind: 'answer', response })) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      unit: fc.constantFrom(...units),
      state: fc.constantFrom('active', 'inactive', 'failed'),
      isApplication: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'flush' }) },
  { weight: 2, arbitrary: fc.boolean().map((reads): Step => ({ kind: 'admin reads', reads })) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      code: fc.nat(30),
      details: fc.string({ unit: 'binary' }),
    }),
  },
);

/** The report stream of an agent, and its outcome. */
async function run(all: readonly Step[]) {
  const call = new FakeReportCall();
  const events: string[] = [];
  const flushes: { readonly count: number; isResolved: boolean }[] = [];
  const first = entry('web.service');
  const head = { ...{ agent: undefined, boot_id: 'boot', protocol_version: reportProtocolVersion, agent_version: '' } };
  const stream = new ReportStream(
    call.asCall,
    { ...head, entries: [first], heartbeat_interval_ms: 3_000 },
    {
      accepted: () => events.push('accepted'),
      rejected: () => events.push('rejected'),
      silent: () => events.push('silent'),
      ended: ({ reason }) => events.push(`ended ${reason}`),
    },
  );
  try {
    for (const step of all) {
      if (step.kind === 'answer') call.emit('data', sentBy(report.ReportResponse)(step.response) ?? {});
      else if (step.kind === 'change')
        stream.send(entry(step.unit, 0, step.state, step.isApplication ? application : undefined));
      else if (step.kind === 'end') call.fail(step.code, step.details);
      else if (step.kind === 'admin reads' && step.reads) call.readAgain();
      else if (step.kind === 'admin reads') call.stopReading();
      else {
        const flush = { count: call.changes.length, isResolved: false };
        flushes.push(flush);
        void stream.flush().then(() => (flush.isResolved = true));
      }
      await Promise.resolve();
    }
    const atEnd = flushes.map(({ isResolved }) => isResolved);
    return { events: [...events], sent: call.sent, isCancelled: call.isCancelled, flushes: atEnd };
  } finally {
    stream.close();
  }
}

const kindsOf = (sent: FakeReportCall['sent']): string[] =>
  sent.flatMap((message) =>
    message?.$case === 'entry'
      ? [`entry ${message.value.registration!.Name}`]
      : message?.$case === 'update'
        ? [`update ${message.value.name}`]
        : [],
  );

/**
 * The messages for an admin that reads: an update for a unit whose entry the admin has accepted as far as is known,
 * else an entry.
 */
function expectedChanges(steps: readonly Step[]): string[] {
  const known = new Set(['web.service']);
  return steps.flatMap((step) => {
    if (step.kind === 'answer') {
      const message = sentBy(report.ReportResponse)(step.response)?.message;
      if (message?.$case === 'rejected') known.delete(message.value.name);
      if (message?.$case === 'snapshot_accepted') for (const { name } of message.value.rejected) known.delete(name);
    }
    if (step.kind !== 'change') return [];
    const { unit, state, isApplication } = step;
    const change = `${known.has(unit) ? 'update' : 'entry'} ${unit}`;
    if (isApplication && state !== 'active') known.delete(unit);
    else known.add(unit);
    return [change];
  });
}

export const reportAnswers = target({
  ...{
    name: 'report-answers',
    parses: 'ReportStream of apps/agent: what an admin answers to reports, while units change',
    rejection: 'never',
  },
  input: fc.array(steps, { maxLength: 14 }),
  outputMax: Infinity,
  parse: run,
  accepted: ({ events, sent, isCancelled, flushes }, all) => {
    const end = all.findIndex(({ kind }) => kind === 'end');
    const before = end < 0 ? all : all.slice(0, end);
    assert.equal(events.filter((event) => event.startsWith('ended')).length, end < 0 ? 0 : 1);
    assert.equal(isCancelled, end >= 0);
    const answers = before.flatMap((step) =>
      step.kind === 'answer' ? [sentBy(report.ReportResponse)(step.response)?.message] : [],
    );
    const count = ($case: string) => answers.filter((answer) => answer?.$case === $case).length;
    for (const [event, $case] of [
      ['accepted', 'snapshot_accepted'],
      ['rejected', 'rejected'],
    ] as const)
      assert.equal(events.filter((one) => one === event).length, count($case), `of ${$case} not each was handled`);

    const changes = before.filter(({ kind }) => kind === 'change').length;
    assert(kindsOf(sent).length <= changes, 'a change is sent twice');
    if (end >= 0) assert(flushes.every(Boolean), 'a flush outlives its stream');
    const isOpen = count('snapshot_accepted') > 0;
    const acknowledged = answers.flatMap((answer) => (answer?.$case === 'acknowledged' ? [answer.value.count] : []));
    if (end < 0 && !isOpen) assert(!flushes.includes(true), 'a flush is over before the snapshot is accepted');
    if (end < 0 && isOpen && acknowledged.length === 0 && changes === 0) assert(!flushes.includes(false));
    if (!all.some(({ kind }) => kind === 'admin reads')) assert.deepEqual(kindsOf(sent), expectedChanges(before));
  },
});
