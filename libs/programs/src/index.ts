// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { findProgram } from './find-program.js';
export { ProgramGroup, type ProgramGroupOptions } from './program-group.js';
export { runProgram, type ProgramOptions, type ProgramResult } from './run-program.js';
