// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

const codes = new Map(Object.entries(constants.errno).map(([code, errno]) => [errno, code]));

const wordsOf = (errno: number): string => getSystemErrorMap().get(-errno)?.[1] ?? `error ${errno}`;

/** A failed call of libc, with the fields and the text of Node's own errors (`NodeJS.ErrnoException`). */
export class SystemCallError extends Error implements NodeJS.ErrnoException {
  override readonly name = 'SystemCallError';
  /** The name of the number in errno(3), such as `ECONNRESET`; `E` and the number of one without a name. */
  readonly code: string;
  /** Negative, like in Node. */
  readonly errno: number;

  constructor(
    /** The function of libc, such as `bind`. */
    readonly syscall: string,
    errno: number,
  ) {
    const code = codes.get(errno) ?? `E${errno}`;
    super(`${code}: ${wordsOf(errno)}, ${syscall}`);
    this.code = code;
    this.errno = -errno;
  }
}
