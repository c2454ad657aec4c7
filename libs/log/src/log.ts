/** The levels of syslog(3) that are used here, with their priority prefixes of sd-daemon(3). */
const priorities = { error: 3, warn: 4, info: 6, debug: 7 } as const;

export type Level = keyof typeof priorities;
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export const levels = Object.keys(priorities) as readonly Level[];

/** A value that contains a space, a quote or a control character is quoted as JSON does it, so that an event stays one line. */
const formatValue = (value: string | number | boolean): string =>
  typeof value === 'string' && !/^[^\s"=\\\p{Cc}]+$/u.test(value) ? JSON.stringify(value) : String(value);

/** One event as one line: the message, then `key=value` for each field that is set. */
export function formatEvent(message: string, fields: Fields = {}): string {
  let line = /\p{Cc}/u.test(message) ? JSON.stringify(message) : message;
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) line += ` ${key}=${formatValue(value)}`;
  return line;
}

/**
 * Writes one line for each event to stderr. Under journald the line begins with a priority such as `<6>`
 * (sd-daemon(3)), elsewhere with the name of the level.
 */
export class Log {
  readonly #threshold: number;
  readonly #prefix: (level: Level) => string;

  constructor(
    level: Level = 'info',
    private readonly write: (line: string) => void = (line) => process.stderr.write(line),
    journald: boolean = process.env['JOURNAL_STREAM'] !== undefined || process.env['INVOCATION_ID'] !== undefined,
  ) {
    this.#threshold = priorities[level];
    this.#prefix = journald ? (l) => `<${priorities[l]}>` : (l) => `${l}: `;
  }

  error(message: string, fields?: Fields): void {
    this.#event('error', message, fields);
  }

  warn(message: string, fields?: Fields): void {
    this.#event('warn', message, fields);
  }

  info(message: string, fields?: Fields): void {
    this.#event('info', message, fields);
  }

  debug(message: string, fields?: Fields): void {
    this.#event('debug', message, fields);
  }

  #event(level: Level, message: string, fields: Fields | undefined): void {
    if (priorities[level] > this.#threshold) return;
    this.write(`${this.#prefix(level)}${formatEvent(message, fields)}\n`);
  }
}
