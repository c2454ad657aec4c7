import { EventEmitter } from 'node:events';
import type { status } from '@grpc/grpc-js';
import type { report } from '@givc/rpc';
import type { ReportCall } from './report-stream.js';

/** The agent's end of a call of `report.Reports/Report`, without a connection: a test is the admin. */
export class FakeReportCall extends EventEmitter {
  /** What the agent has sent, in order. */
  readonly sent: report.Told['What'][] = [];
  isCancelled = false;
  #isReading = true;

  /** As the agent takes it. */
  get asCall(): ReportCall {
    return this as unknown as ReportCall;
  }

  write({ What }: report.Told): boolean {
    this.sent.push(What);
    return this.#isReading;
  }

  cancel(): void {
    this.isCancelled = true;
  }

  /** The admin answers. */
  answer(What: report.Heard['What']): void {
    this.emit('data', { What });
  }

  accept(...Refused: report.Refused[]): void {
    this.answer({ $case: 'Taken', value: { Refused } });
  }

  acknowledge(Changes: number): void {
    this.answer({ $case: 'Acknowledged', value: { Changes } });
  }

  fail(code: status, details = 'refused'): void {
    this.emit('error', Object.assign(new Error(details), { code, details }));
  }

  /** What is written from now on waits. */
  stopReading(): void {
    this.#isReading = false;
  }

  /** What has waited is read; then nothing more, unless `goesOn`. */
  readAgain(goesOn = true): void {
    this.#isReading = goesOn;
    this.emit('drain');
  }

  /** The kinds of what the agent has sent, in order. */
  get kinds(): readonly (string | undefined)[] {
    return this.sent.map((what) => what?.$case);
  }

  /** The changes that the agent has sent, in order. */
  get changes(): readonly report.Change[] {
    return this.sent.flatMap((what) => (what?.$case === 'Change' ? [what.value] : []));
  }
}
