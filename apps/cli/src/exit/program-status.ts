// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The exit status of a program that ran for the user; the command ends with the same, without a message. */
export class ProgramStatus extends Error {
  constructor(readonly status: number) {
    super(`the program ended with status ${status}`);
  }
}
