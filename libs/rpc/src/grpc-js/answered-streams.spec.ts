// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { constants, type ServerHttp2Session } from 'node:http2';
import { endAnsweredStreams } from './answered-streams.js';
import { ProgressWatchdog } from '../server/progress-watchdog.js';

class FakeStream extends EventEmitter {
  destroyed = false;
  readonly closedWith: number[] = [];
  isFlowing = false;

  constructor(
    readonly sentHeaders: Record<string, unknown> | undefined,
    readonly readableEnded: boolean,
  ) {
    super();
  }

  close(code: number): void {
    this.closedWith.push(code);
  }

  resume(): this {
    this.isFlowing = true;
    return this;
  }
}

const trailersOnly = { ':status': 200, 'grpc-status': '8' };
const withMessage = { ':status': 200 };

describe('a stream that is answered before its caller has sent everything', () => {
  let session: EventEmitter;

  beforeEach(() => {
    jest.useFakeTimers();
    session = new EventEmitter();
    endAnsweredStreams(session as unknown as ServerHttp2Session, new ProgressWatchdog(5_000));
  });
  afterEach(() => jest.useRealTimers());

  const stream = (headers: Record<string, unknown>, isWhole = false): FakeStream => {
    const opened = new FakeStream(headers, isWhole);
    session.emit('stream', opened);
    return opened;
  };
  const pass = () => {
    for (let n = 0; n < 3; n++) jest.advanceTimersByTime(5_001);
  };

  it('ends at once by RST_STREAM with NO_ERROR when its answer is only a status, and drops further data', () => {
    const refused = stream(trailersOnly);
    refused.emit('finish');
    expect([refused.closedWith, refused.isFlowing]).toEqual([[constants.NGHTTP2_NO_ERROR], true]);
  });

  it('ends some time after its trailers when its answer has a message, and drops further data', () => {
    const answered = stream(withMessage);
    answered.emit('wantTrailers');
    answered.emit('finish');
    expect([answered.closedWith, answered.isFlowing]).toEqual([[], true]);
    pass();
    expect(answered.closedWith).toEqual([constants.NGHTTP2_NO_ERROR]);
  });

  it('is not changed when it has ended by itself meanwhile', () => {
    const answered = stream(withMessage);
    answered.emit('wantTrailers');
    answered.emit('close');
    pass();
    expect(answered.closedWith).toEqual([]);
  });

  it('is not changed when it is destroyed', () => {
    const gone = stream(trailersOnly);
    gone.destroyed = true;
    gone.emit('finish');
    expect(gone.closedWith).toEqual([]);
  });

  it.each([trailersOnly, withMessage])('is not changed when its caller has sent everything: %j', (headers) => {
    const whole = stream(headers, true);
    whole.emit('wantTrailers');
    whole.emit('finish');
    pass();
    expect([whole.closedWith, whole.isFlowing]).toEqual([[], false]);
  });
});
