import { processClock } from '@givc/time';
import { Attempt } from './attempt.js';

describe('an attempt to connect', () => {
  let attempt: Attempt;
  let givenUp: number;

  beforeEach(() => {
    jest.useFakeTimers();
    givenUp = 0;
    attempt = new Attempt(() => givenUp++);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  /** How many milliseconds from now it is given up; undefined when it is not within a minute. */
  const givenUpAfter = (): number | undefined => {
    const before = givenUp;
    for (let ms = 1; ms <= 60_000; ms++) {
      jest.advanceTimersByTime(1);
      if (givenUp > before) return ms;
    }
    return undefined;
  };

  it('is given up when it is not accepted within 2 s', () => {
    attempt.begin();
    expect(givenUpAfter()).toBe(2_000);
  });

  it('counts from its first beginning', () => {
    attempt.begin();
    jest.advanceTimersByTime(1_500);
    attempt.begin();
    expect(givenUpAfter()).toBe(500);
  });

  it('is given up when TLS is not over 15 s after it was accepted', () => {
    attempt.begin();
    jest.advanceTimersByTime(1_500);
    attempt.take();
    expect(givenUpAfter()).toBe(15_000);
  });

  it('that was not begun is not given up when it is accepted', () => {
    attempt.take();
    expect([attempt.isOpen, givenUpAfter()]).toEqual([false, undefined]);
  });

  it('that has failed is given up when the next one after the longest backoff is not accepted either', () => {
    attempt.begin();
    jest.advanceTimersByTime(1_500);
    attempt.fail();
    expect([attempt.isOpen, givenUpAfter()]).toEqual([true, 3_000]);
  });

  it('that has ended is not given up', () => {
    attempt.begin();
    expect(attempt.isOpen).toBe(true);
    attempt.end();
    expect([attempt.isOpen, givenUpAfter()]).toEqual([false, undefined]);
    attempt.begin();
    expect(givenUpAfter()).toBe(2_000);
  });

  it('knows whether this process was frozen during it', () => {
    const now = performance.now.bind(performance);
    expect(attempt.hasThawed).toBe(false);
    attempt.begin();
    expect(attempt.hasThawed).toBe(false);
    jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
    expect(attempt.hasThawed).toBe(true);
    attempt.end();
    expect(attempt.hasThawed).toBe(false);
  });

  it('has the limits that it was given', () => {
    attempt = new Attempt(() => givenUp++, { taken: 20, handshake: 40 });
    attempt.begin();
    jest.advanceTimersByTime(10);
    attempt.take();
    expect(givenUpAfter()).toBe(40);
    attempt.end();
    attempt.fail();
    expect(givenUpAfter()).toBe(1_020);
  });
});
