// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BytePump, type ByteEnd } from './byte-pump.js';

/** An end of a connection that records each call of its methods. */
class RecordedEnd implements ByteEnd {
  readonly lines: string[] = [];
  isFull = false;
  hasDrained: () => void = () => undefined;

  pause = () => void this.lines.push('pause');
  resume = () => void this.lines.push('resume');
  drained = (resume: () => void) => (this.hasDrained = resume);

  write(bytes: Buffer): boolean {
    this.lines.push(bytes.toString());
    return !this.isFull;
  }

  end(done: () => void): void {
    this.lines.push('end');
    done();
  }
}

describe('a byte pump', () => {
  const setUp = () => {
    const [source, sink] = [new RecordedEnd(), new RecordedEnd()];
    return { source, sink, pump: new BytePump(source, sink) };
  };

  it('pauses its source while the reader of the sink has to catch up', () => {
    const { source, sink, pump } = setUp();
    sink.isFull = true;
    pump.pass(Buffer.from('a'));
    expect(source.lines).toEqual(['pause']);
    sink.hasDrained();
    expect(source.lines).toEqual(['pause', 'resume']);
  });

  it('ends its sink once, and writes nothing after that', () => {
    const { sink, pump } = setUp();
    const ends: string[] = [];
    pump.pass(Buffer.from('a'));
    for (let n = 0; n < 2; n++) pump.end(() => ends.push(pump.state));
    pump.pass(Buffer.from('b'));
    expect([sink.lines, ends]).toEqual([['a', 'end'], ['ended']]);
  });

  it('writes what its filter has held back before the end', () => {
    const [source, sink] = [new RecordedEnd(), new RecordedEnd()];
    const pump = new BytePump(source, sink, { pass: () => Buffer.alloc(0), end: () => Buffer.from('held') });
    pump.pass(Buffer.from('a'));
    pump.end(() => undefined);
    expect(sink.lines).toEqual(['held', 'end']);
  });

  it('reads its source to the end once its sink is gone', () => {
    const { source, sink, pump } = setUp();
    pump.abandon();
    pump.pass(Buffer.from('a'));
    expect([pump.state, source.lines, sink.lines]).toEqual(['ended', ['resume'], []]);
  });
});
