// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { journal } from '@givc/rpc';
import type { JournalQuery } from './journal-query.js';

/** The fields that are read, as systemd.journal-fields(7) names them. */
export const journalFields = [
  'MESSAGE',
  'PRIORITY',
  'SYSLOG_IDENTIFIER',
  'SYSLOG_PID',
  'UNIT',
  'USER_UNIT',
  '_BOOT_ID',
  '_COMM',
  '_HOSTNAME',
  '_PID',
  '_SYSTEMD_UNIT',
  '_SYSTEMD_USER_UNIT',
] as const;

const kibibyte = 1024;
/** `LineMax=` of journald.conf(5) is 48K by default, so no line of an output is cut. */
export const maxMessageBytes = 48 * kibibyte;
export const maxFieldBytes = kibibyte;
/** Of all fields of an entry: one may have several messages. */
export const maxEntryBytes = 64 * kibibyte;

/** The journal of this machine or, for an agent in the session of a user, of that user. */
export abstract class Journal {
  /**
   * The entries in the order of the journal, in batches of at most 112 KiB. Nothing is read ahead of the iteration but
   * what a pipe holds. Aborting the signal ends the iteration, also between two entries. Throws FAILED_PRECONDITION
   * when the journal cannot be read.
   */
  abstract read(query: JournalQuery, signal: AbortSignal): AsyncIterable<readonly journal.Entry[]>;
}
