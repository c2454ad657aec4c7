import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const count = 1_000;

/** Runs the work while a thousand handshakes are half open: connections whose caller has begun to speak TLS and says no more. */
export async function amidHalfOpen<T>(
  port: number,
  host: string,
  work: (halves: readonly Socket[]) => Promise<T>,
): Promise<T> {
  const halves = Array.from({ length: count }, () => connect(port, host).on('error', () => undefined).resume());
  try {
    await Promise.all(halves.map((half) => once(half, 'connect')));
    for (const half of halves) half.write(Buffer.from([0x16, 0x03, 0x01]));
    return await work(halves);
  } finally {
    for (const half of halves) half.destroy();
  }
}

/** While a thousand handshakes are half open, the median time of 21 calls, in milliseconds. `after` runs before they end. */
export async function timeOfCallsAmidHalfOpen(
  port: number,
  host: string,
  call: () => Promise<unknown>,
  after: () => Promise<void>,
): Promise<number> {
  const halves: Socket[] = Array.from({ length: count }, () => connect(port, host));
  await Promise.all(
    halves.map((half) =>
      once(
        half.on('error', () => undefined),
        'connect',
      ),
    ),
  );
  for (const half of halves) half.write(Buffer.from([0x16, 0x03, 0x01]));
  const taken: number[] = [];
  for (let done = 0; done < 21; done++) {
    const started = performance.now();
    await call();
    taken.push(performance.now() - started);
  }
  await after();
  for (const half of halves) half.destroy();
  return taken.sort((a, b) => a - b)[10]!;
}
