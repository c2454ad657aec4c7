// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync, constants, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { GivcError, messageOf, systemErrorText } from '@givc/model';
import { LogOnce, type Log } from '@givc/log';
import { moveAside } from './move-aside.js';

/** The destination of the lines of the audit log. */
export interface AuditSink {
  /** `line` has no line end. */
  write(line: string): void;
  /** Opens a file again, which may have been moved away (logrotate(8)). */
  reload(): void;
  close(): void;
}

/** Errors that may pass without a change of the configuration: the disk is full or read-only. */
const passing: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** The maximum size of a file of the audit log, and the number of older files beside it: 64 MiB together. */
export interface FileLimits {
  readonly bytes: number;
  readonly kept: number;
}
const fileLimits: FileLimits = { bytes: 8 * 1024 * 1024, kept: 7 };

/** The file that is appended to. */
interface OpenFile {
  readonly descriptor: number;
  /** Its size; -Infinity for other kinds of files, so that they never reach the limit. */
  bytes: number;
  /** Whether the last line has no end. */
  isTorn: boolean;
}

/** Whether the last line has no end, for example from an earlier process; false when the file cannot be read. */
function endsInsideLine(path: string, size: number): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const last = Buffer.alloc(1);
    return readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const appending = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/** Does not wait for the reader of a named pipe, which may never come. */
function openForAppending(path: string): number {
  try {
    return openSync(path, appending, 0o640);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    const text = 'it is a named pipe that no program reads, or a socket: expected a file';
    throw new Error(text, { cause: error });
  }
}

/**
 * Appends to a file with mode 0640. A line is on the disk when `write` returns; a failure is logged once. A file that
 * would exceed its limit is first renamed to `FILE.1`, that one to `FILE.2` and so on; where it cannot be renamed it
 * grows, so that no line is lost. Other kinds of files, such as /dev/null, are only written to; a named pipe loses the
 * lines that do not fit because its reader is slow or gone.
 */
export class FileSink implements AuditSink {
  /** Undefined while it cannot be opened. */
  #file: OpenFile | undefined;
  readonly #problems = new LogOnce();

  /** Throws INVALID_ARGUMENT when the file cannot be opened, unless its disk is full or read-only. */
  constructor(
    private readonly path: string,
    private readonly log: Log,
    private readonly limits = fileLimits,
  ) {
    try {
      this.#file = this.#open();
    } catch (error) {
      if (!passing.has((error as NodeJS.ErrnoException).code))
        throw new GivcError('INVALID_ARGUMENT', `GIVC_AUDIT: cannot open ${path}: ${systemErrorText(error)}`, {
          cause: error,
        });
      this.#logOnce('the audit log cannot be written', error);
    }
  }

  write(line: string): void {
    try {
      const file = (this.#file ??= this.#open());
      this.#append(this.#withRoom(file, Buffer.byteLength(line) + 1), line);
      this.#problems.end('the audit log cannot be written');
    } catch (error) {
      this.#logOnce('the audit log cannot be written', error);
    }
  }

  reload(): void {
    try {
      this.#replace(this.#open());
    } catch (error) {
      this.log.error('the audit log cannot be opened again, the old file is used', {
        file: this.path,
        error: messageOf(error),
      });
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor);
  }

  /** Opens the file for the next line. A file that ends with an incomplete line gets its line end first. */
  #withRoom(file: OpenFile, bytes: number): OpenFile {
    if (file.isTorn || file.bytes === 0 || file.bytes + bytes <= this.limits.bytes) return file;
    const problem = 'the audit log cannot be rotated, its file grows';
    try {
      // logrotate(8), or an interrupted rotation, may have moved it.
      if (this.#isAtPath(file)) moveAside(this.path, this.limits.kept);
      file = this.#replace(this.#open());
      this.#problems.end(problem);
    } catch (error) {
      this.#logOnce(problem, error);
    }
    return file;
  }

  #isAtPath(file: OpenFile): boolean {
    const [open, there] = [fstatSync(file.descriptor), statSync(this.path, { throwIfNoEntry: false })];
    return open.ino === there?.ino && open.dev === there.dev;
  }

  #replace(file: OpenFile): OpenFile {
    this.close();
    return (this.#file = file);
  }

  /** A full disk may have written a part of a line, which is separated from the next line. */
  #append(file: OpenFile, line: string): void {
    const before = file.isTorn ? '\n' : '';
    const bytes = Buffer.from(`${before}${line}\n`);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(file.descriptor, bytes, written);
    } finally {
      if (written > 0) file.isTorn = written > before.length && written < bytes.length;
      file.bytes += written;
    }
  }

  #logOnce(problem: string, cause: unknown): void {
    const error = messageOf(cause);
    if (this.#problems.isNew(problem, error)) this.log.error(problem, { error });
  }

  #open(): OpenFile {
    const descriptor = openForAppending(this.path);
    try {
      const status = fstatSync(descriptor);
      if (!status.isFile()) return { descriptor, bytes: -Infinity, isTorn: false };
      return { descriptor, bytes: status.size, isTorn: status.size > 0 && endsInsideLine(this.path, status.size) };
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }
}

const journalSocket = '/run/systemd/journal/stdout';
export const auditIdentifier = 'givc-audit';
/**
 * The header of sd_journal_stream_fd(3): identifier, unit, priority (notice), level prefixes and three disabled
 * forwards.
 */
const journalHeader = `${auditIdentifier}\n\n5\n0\n0\n0\n0\n`;
const maxBacklog = 1024 * 1024;

/**
 * Writes to systemd-journald(8) under the identifier `givc-audit`; while journald is unreachable, to stderr, which the
 * log also uses.
 */
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

  /** journald keeps its streams over a restart; a socket that breaks is replaced at the next line. */
  #connect(): Socket {
    // journald shuts down its own direction at once, which must not end this one.
    const socket = connect({ path: this.path, allowHalfOpen: true }).unref();
    socket.write(journalHeader);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    return socket;
  }
}

/** Writes to stderr, for a daemon that is started by hand. */
export const stderrSink: AuditSink = {
  write: (line) => void process.stderr.write(`audit: ${line}\n`),
  reload: () => undefined,
  close: () => undefined,
};

/** The named file, or else the journal when systemd runs this process, or else stderr. */
export function openAuditSink(file: string | undefined, log: Log): AuditSink {
  if (file) return new FileSink(file, log);
  return process.env['JOURNAL_STREAM'] === undefined ? stderrSink : new JournalSink();
}
