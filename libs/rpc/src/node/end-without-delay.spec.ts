// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, performServerHandshake, type ClientHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import { endWithoutDelay, sendTrailersAtOnce, trailersBlock } from './end-without-delay.js';

/** One end of a connection within this process. */
class End extends Duplex {
  other!: End;
  writes = 0;

  override _read(): void {
    // The other end pushes.
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.writes++;
    this.other.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: () => void): void {
    this.other.push(null);
    done();
  }
}

type EndStream = (stream: ServerHttp2Stream, bytes: Buffer, onWritten: () => void) => void;

describe('a stream that is ended with its last bytes', () => {
  let session: ClientHttp2Session;
  let end: EndStream;
  let events: string[];
  let sendTrailers: (stream: ServerHttp2Stream) => void;
  let server: End;

  async function start(initialWindowSize = 65_535): Promise<void> {
    end = endWithoutDelay;
    sendTrailers = (stream) => stream.sendTrailers({ end: 'yes' });
    const seen: string[] = (events = []);
    server = new End();
    const client = new End();
    [server.other, client.other] = [client, server];
    const connection = performServerHandshake(server, {});
    connection.on('error', () => undefined);
    session = connect('http://localhost', { createConnection: () => client, settings: { initialWindowSize } });
    session.on('error', () => undefined);
    connection.on('stream', (stream: ServerHttp2Stream) => {
      stream.respond({}, { waitForTrailers: true });
      stream.once('wantTrailers', () => {
        seen.push('trailers');
        sendTrailers(stream);
      });
      end(stream, bytes, () => seen.push('written'));
    });
    await once(session, 'remoteSettings');
    await new Promise<void>((resolve) => void session.ping(() => resolve()));
  }
  let bytes: Buffer;
  afterEach(() => session.destroy());

  /** The answer of the server to a request. */
  async function answer(length: number): Promise<{ length: number; trailer: unknown }> {
    bytes = Buffer.alloc(length);
    let received = 0;
    const request = session.request({});
    request.on('data', (chunk: Buffer) => (received += chunk.length));
    const [[{ end: trailer }]] = (await Promise.all([once(request, 'trailers'), once(request, 'close')])) as [
      [{ end: string }],
      unknown,
    ];
    return { length: received, trailer };
  }

  it.each([
    ['before its bytes have left, so that they follow at once', endWithoutDelay, ['trailers', 'written']],
    [
      'only after its bytes have left when Node ends it, so that this is needed',
      (stream: ServerHttp2Stream, last: Buffer, onWritten: () => void) => void stream.end(last, onWritten),
      ['written', 'trailers'],
    ],
  ])('is asked for its trailers %s', async (_, ending, order) => {
    await start();
    end = ending;
    await answer(1_000);
    expect(events).toEqual(order);
  });

  it.each([0, 1, 16_384, 65_535, 1_000_000])('has all of %d bytes before its trailers', async (length) => {
    await start();
    await expect(answer(length)).resolves.toEqual({ length, trailer: 'yes' });
  });

  it.each<[string, (stream: ServerHttp2Stream) => void, number]>([
    ['one write', (stream) => expect(sendTrailersAtOnce(stream, trailersBlock('end', 'yes'))).toBe(true), 1],
    [
      'two writes when Node sends the trailers, so that this is needed',
      (stream) => stream.sendTrailers({ end: 'yes' }),
      2,
    ],
  ])('sends headers, bytes and trailers by %s', async (_, send, count) => {
    await start();
    sendTrailers = send;
    const before = server.writes;
    await expect(answer(1_000)).resolves.toEqual({ length: 1_000, trailer: 'yes' });
    expect(server.writes - before).toBe(count);
  });

  it.each([0, 65_535, 1_000_000])('sends trailers at once after all of %d bytes', async (length) => {
    await start();
    sendTrailers = (stream) => void sendTrailersAtOnce(stream, trailersBlock('end', 'yes'));
    await expect(answer(length)).resolves.toEqual({ length, trailer: 'yes' });
  });

  it('cannot send trailers at once without the private handle of Node', () => {
    expect(sendTrailersAtOnce({} as ServerHttp2Stream, trailersBlock('end', 'yes'))).toBe(false);
  });

  it('waits for the window of its peer', async () => {
    await start(0);
    const whole = answer(100_000);
    await new Promise<void>((resolve) => void session.ping(() => resolve()));
    expect(events).toEqual([]);
    session.settings({ initialWindowSize: 1_000 });
    await expect(whole).resolves.toEqual({ length: 100_000, trailer: 'yes' });
  });
});
