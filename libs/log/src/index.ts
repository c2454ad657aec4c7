// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { parseLogFilter, type LogFilter } from './log-filter.js';
export { LogOnce } from './log-once.js';
export { formatEvent, levels, Log, type Fields, type Level } from './log.js';
