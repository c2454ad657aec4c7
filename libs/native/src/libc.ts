// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type * as Koffi from 'koffi';
import { GivcError, messageOf } from '@givc/model';
import { SystemCallError } from './system-call-error.js';

/** A function of libc that returns -1 when it fails; then it throws a `SystemCallError`. */
export type SystemCall<Arguments extends readonly (number | bigint | Buffer)[]> = (...values: Arguments) => number;

/** The C library of this process. */
export class Libc {
  constructor(
    private readonly library: Pick<Koffi.LibraryHandle, 'func'>,
    private readonly errno: () => number,
  ) {}

  /**
   * A function by its declaration in C, such as `int dup3(int from, int to, int flags)`. A structure is a `void *`, for
   * which a buffer is passed that the function reads or fills. A variadic function is declared with the arguments that
   * are passed, which the calling conventions of x86-64 and arm64 on Linux allow.
   */
  declare<Arguments extends readonly (number | bigint | Buffer)[]>(declaration: string): SystemCall<Arguments> {
    const call = this.library.func(declaration) as (...values: Arguments) => number;
    const name = /(\w+)\s*\(/.exec(declaration)![1]!;
    return (...values) => {
      const result = call(...values);
      if (result === -1) throw new SystemCallError(name, this.errno());
      return result;
    };
  }
}

let loaded: Promise<Libc> | undefined;

async function load(): Promise<Libc> {
  let koffi: typeof Koffi;
  try {
    koffi = await import('koffi');
  } catch (error) {
    throw new GivcError(
      'FAILED_PRECONDITION',
      `vsock and input devices need the package "koffi", which is not there: ${messageOf(error).split('\n')[0]}`,
      { cause: error },
    );
  }
  return new Libc(koffi.load(null), () => koffi.errno());
}

/**
 * Loads koffi, which calls C functions without a compiler, on first use, because it needs memory. Rejects with
 * FAILED_PRECONDITION when the package is not installed, for example in a single-file program.
 */
export const loadLibc = (): Promise<Libc> => (loaded ??= load());
