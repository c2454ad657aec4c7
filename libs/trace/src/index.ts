// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { currentTrace, OpenTrace } from './open-trace.js';
export { newTraceContext, parseTraceContext, parseTraceId, traceHeaders, type TraceContext } from './trace-context.js';
