import { closeSync, openSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { GivcError, messageOf } from '@givc/model';
import type { Log } from '@givc/log';

/** Where the lines of the record go. */
export interface AuditSink {
  /** `line` without its end. */
  write(line: string): void;
  /** Opens again what may have been moved away (logrotate(8)). */
  reload(): void;
  close(): void;
}

/** What passes without a change of the configuration: a disk that is full or was mounted read-only. */
const passing: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** Appends to a file, mode 0640. A line is written when `write` returns; when it cannot be, that is logged once. */
export class FileSink implements AuditSink {
  /** Undefined until it can be opened. */
  #file: number | undefined;
  #complaint: string | undefined;
  /** The last line has no end. */
  #isTorn = false;

  /** Throws INVALID_ARGUMENT when the file cannot be opened, unless its disk is full or read-only. */
  constructor(
    private readonly path: string,
    private readonly log: Log,
  ) {
    try {
      this.#file = this.#open();
    } catch (error) {
      if (!passing.has((error as NodeJS.ErrnoException).code))
        throw new GivcError('INVALID_ARGUMENT', `GIVC_AUDIT: cannot open ${path}: ${messageOf(error)}`, {
          cause: error,
        });
      this.#complain(error);
    }
  }

  write(line: string): void {
    try {
      this.#append((this.#file ??= this.#open()), line);
      this.#complaint = undefined;
    } catch (error) {
      this.#complain(error);
    }
  }

  reload(): void {
    try {
      const file = this.#open();
      this.close();
      this.#file = file;
      this.#isTorn = false;
    } catch (error) {
      this.log.error('the record cannot be opened again, the old file is used', { error: messageOf(error) });
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  /** A full disk may take a part of a line, which the next one is kept apart from. */
  #append(file: number, line: string): void {
    const before = this.#isTorn ? '\n' : '';
    const bytes = Buffer.from(`${before}${line}\n`);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(file, bytes, written);
    } finally {
      if (written > 0) this.#isTorn = written > before.length && written < bytes.length;
    }
  }

  #complain(error: unknown): void {
    const complaint = messageOf(error);
    if (complaint !== this.#complaint) this.log.error('the record cannot be written', { error: complaint });
    this.#complaint = complaint;
  }

  #open(): number {
    return openSync(this.path, 'a', 0o640);
  }
}

const journalSocket = '/run/systemd/journal/stdout';
export const auditIdentifier = 'givc-audit';
/** The header of sd_journal_stream_fd(3): identifier, unit, priority (notice), level prefixes and three forwards off. */
const journalHeader = `${auditIdentifier}\n\n5\n0\n0\n0\n0\n`;
const maxBacklog = 1024 * 1024;

/** Writes to systemd-journald(8) under the identifier `givc-audit`; while it is away, to stderr, which the log shares. */
export class JournalSink implements AuditSink {
  #socket: Socket | undefined;

  constructor(private readonly path = journalSocket) {}

  write(line: string): void {
    const socket = (this.#socket ??= this.#connect());
    if (socket.writableLength > maxBacklog) return this.#instead(line);
    socket.write(`${line}\n`, (error) => {
      if (error) this.#instead(line);
    });
  }

  reload(): void {}

  close(): void {
    this.#socket?.end();
  }

  #instead(line: string): void {
    process.stderr.write(`<5>${line}\n`);
  }

  /** journald keeps its streams over a restart; a socket that breaks all the same is replaced at the next line. */
  #connect(): Socket {
    // journald shuts down its own direction at once, which must not end ours.
    const socket = connect({ path: this.path, allowHalfOpen: true }).unref();
    socket.write(journalHeader);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    return socket;
  }
}

/** Writes to stderr, for who runs a daemon by hand. */
export const stderrSink: AuditSink = {
  write: (line) => void process.stderr.write(`audit: ${line}\n`),
  reload: () => undefined,
  close: () => undefined,
};

/** The file that is named, else the journal where systemd runs this process, else stderr. */
export function openAuditSink(file: string | undefined, log: Log): AuditSink {
  if (file) return new FileSink(file, log);
  return process.env['JOURNAL_STREAM'] === undefined ? stderrSink : new JournalSink();
}
