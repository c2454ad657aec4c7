// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { GivcError } from '@givc/model';
import { report } from '@givc/rpc';
import { FakeReportCall, snapshot } from '../../apps/admin/src/liveness/report-call.fixture.js';
import { agentOf, entryOf, netVm, newReports, unitOf } from '../../apps/admin/src/liveness/report.fixture.js';
import { requirePlain, requireRejection } from './engine/requirements.js';
import { sentBy } from './engine/sent.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';
import { messagesLike } from './engine/values.js';

type Request = report.ReportRequest;

/** The report stream of a VM whose certificate does not expire meanwhile. */
class LastingCall extends FakeReportCall {
  override getAuthContext(): object {
    const { sslPeerCertificate } = super.getAuthContext() as { readonly sslPeerCertificate: object };
    return { sslPeerCertificate: { ...sslPeerCertificate, valid_to: 'Jan 1 00:00:00 2999 GMT' } };
  }
}

const ending: report.Ending = { result: 'exit-code', status: 1, stop_requested: false };
const status = unitOf('web.service').State;
const units = [unitOf('web.service'), unitOf('chromium@0.service', { Type: 10 }), unitOf('clock.service')];
const applications = { names: ['chromium', 'clock'] };
const begin = snapshot({
  ...{ agent: agentOf(), entries: units.map(entryOf), boot_id: 'boot', stream_number: 7, applications },
});
const words = ['web.service', 'givc-net-vm.service', 'givc-gui-vm.service', 'microvm@gui-vm.service', 'net-vm'];

const requests: fc.Arbitrary<Request> = fc.oneof(
  messagesLike<Request>(
    [
      { message: begin },
      { message: snapshot({ agent: agentOf('net-vm', { State: undefined }), entries: [], boot_id: 'later' }) },
      { message: snapshot({ agent: undefined }) },
    ],
    words,
  ),
  messagesLike<Request>(
    [
      { message: { $case: 'entry', value: { ...entryOf(units[0]!), ending } } },
      { message: { $case: 'entry', value: entryOf(units[1]!) } },
      { message: { $case: 'update', value: { name: 'web.service', status, ending, since_ms: 1 } } },
      { message: { $case: 'update', value: { name: 'clock.service', status, ending: undefined, since_ms: 1 } } },
      { message: { $case: 'entry', value: { registration: undefined, ending, since_ms: 0 } } },
      { message: { $case: 'update', value: { name: 'web.service', status: undefined, ending, since_ms: 1 } } },
    ],
    words,
  ),
  fc.constantFrom<Request>({ message: { $case: 'heartbeat', value: {} } }, { message: undefined }),
);

/** A valid first message of a stream, with any texts that the agent gives about itself. */
const beginnings: fc.Arbitrary<Request> = fc.oneof(
  fc.constant<Request>({ message: begin }),
  fc
    .tuple(
      texts(['boot', '8f2c1a34-0000']),
      texts(['0.1.0']),
      fc.option(fc.array(texts(['chromium']), { maxLength: 3 })),
    )
    .map(([boot_id, agent_version, names]): Request => ({
      message: snapshot({ agent: agentOf(), boot_id, agent_version, applications: names ? { names } : undefined }),
    })),
);

const streams = fc
  .tuple(fc.option(beginnings, { freq: 2 }), fc.array(requests, { maxLength: 8 }))
  .map(([first, all]) => [...(first ? [first] : []), ...all])
  .map((all) => all.map(sentBy(report.ReportRequest)).filter((one) => one !== undefined));

/** The reasons for which a stream ends by its agent's fault. */
const reasons = ['INVALID_ARGUMENT', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'ABORTED'] as const;

const isChange = ({ message }: Request): boolean => message?.$case === 'entry' || message?.$case === 'update';

export const reportStreams = target({
  ...{
    name: 'report-streams',
    parses: 'ReportService of apps/admin: the snapshots, entries and updates of an agent',
    rejection: 'never',
  },
  input: streams,
  outputMax: Infinity,
  parse: async (messages) => {
    const { reports, store, lines, record } = newReports();
    const call = new LastingCall('net-vm');
    let error: unknown;
    let read = 0;
    const ended = reports.accept(call.call).catch((cause: unknown) => (error = cause));
    for (const { message } of messages) {
      call.send(message);
      // The cause of the end is processed at once.
      await Promise.resolve();
      await Promise.resolve();
      if (error !== undefined) break;
      read++;
    }
    await setImmediate();
    const entries = [...store.entries()];
    const applications = reports.agentOf(netVm)?.applications?.names ?? [];
    call.emit('end');
    await ended;
    return { error, read, entries, applications, lines, record, written: call.written };
  },
  accepted: ({ error, read, entries, applications, lines, record, written }, messages) => {
    if (error !== undefined) requireRejection(error, { reasons }, []);
    if (messages.length > 0 && messages[0]!.message?.$case === 'entry') assert(error instanceof GivcError);
    for (const {
      machine,
      agent,
      status: { Name, ...texts },
      bootId = '',
    } of entries) {
      assert.deepEqual([machine, agent], ['net-vm', 'givc-net-vm.service'], 'another machine has got an entry');
      for (const text of [Name, bootId, ...Object.values(texts)]) {
        requirePlain(text);
        assert(text.length <= 1_024, `${text.length} characters are kept`);
      }
    }
    for (const name of applications) assert(/^[\w:.-]{1,128}$/.test(name), `an application is called ${name}`);
    for (const line of lines)
      assert(line.length <= 8_192 && !line.includes('\n'), `a line has ${line.length} characters`);
    for (const line of record) assert(JSON.stringify(line).length <= 8_192, 'a line of the record is too long');

    // Messages that were read before the end are acknowledged, and nothing is answered twice.
    const changes = messages.slice(0, read).filter(isChange).length;
    const isBegun = messages.slice(0, read).some(({ message }) => message?.$case === 'snapshot');
    if (isBegun && error === undefined) {
      assert.equal(written.filter(({ $case }) => $case === 'snapshot_accepted').length, 1);
      const counts = written.flatMap((one) => (one.$case === 'acknowledged' ? [one.value.count] : []));
      assert.equal(counts.at(-1) ?? 0, changes, 'what was sent is not what was acknowledged');
    }
    const rejected = written.flatMap((one) =>
      one.$case === 'rejected' ? [one.value] : one.$case === 'snapshot_accepted' ? one.value.rejected : [],
    );
    for (const { reason } of rejected) {
      requirePlain(reason);
      assert(reason !== '' && reason.length <= 2_048, `a reason has ${reason.length} characters`);
    }
    if (!isBegun)
      assert(
        written.every(({ $case }) => $case === 'heartbeat'),
        'it accepts no snapshot',
      );
  },
});
