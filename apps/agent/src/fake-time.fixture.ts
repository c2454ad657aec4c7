/** Time is the test's; streams and files go on by themselves. */
export const useFakeTime = () => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });

/** What streams and files do without being awaited is done by then. */
export async function settled(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise<void>((resolve) => setImmediate(resolve));
}
