const started = performance.now();

/** Tells what happens, with the minutes and seconds since the start. */
export function tell(text: string): void {
  const seconds = Math.floor((performance.now() - started) / 1_000);
  const time = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  process.stdout.write(`${time} ${text}\n`);
}

export const elapsedMs = (): number => performance.now() - started;
