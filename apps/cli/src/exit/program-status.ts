// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A program that ran for the user has ended so, which says all there is to say: it becomes our exit status. */
export class ProgramStatus extends Error {
  constructor(readonly status: number) {
    super(`the program ended with status ${status}`);
  }
}
