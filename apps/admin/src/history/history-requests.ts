// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, parseVmName, type VmName } from '@givc/model';
import type { history } from '@givc/rpc';
import { parseTraceId } from '@givc/trace';

/** Which events are requested. */
export interface HistoryQuery {
  readonly vm: VmName | undefined;
  readonly unit: string | undefined;
  readonly traceId: string | undefined;
  readonly since: number;
  readonly until: number;
  /** Infinity for all. */
  readonly last: number;
  readonly follow: boolean;
}

const unitMax = 256;

function parseUnit(value: string): string | undefined {
  if (value.length > unitMax) throw invalid('unit', `too long: expected at most ${unitMax} characters`);
  return value || undefined;
}

export const parseQuery = (request: history.QueryHistoryRequest): HistoryQuery => ({
  vm: request.vm ? parseVmName('vm', request.vm) : undefined,
  unit: parseUnit(request.unit),
  traceId: request.trace_id ? parseTraceId('trace_id', request.trace_id) : undefined,
  since: request.since_ms ?? 0,
  until: request.until_ms ?? Infinity,
  last: request.last || Infinity,
  follow: request.follow,
});

export const parseTime = ({ time_ms: time }: history.GetRegistryAtRequest): number => time;

export const parseBootsOf = ({ vm }: history.ListBootsRequest): VmName | undefined =>
  vm ? parseVmName('vm', vm) : undefined;

const applicationOf = (unit: string): string => unit.replace(/(@[^.]*)?\.service$/, '');

/** Whether the request is for this event. */
export function matches(event: history.HistoryEvent, { vm, unit, traceId, since, until }: HistoryQuery): boolean {
  if (event.time_ms < since || event.time_ms > until) return false;
  if (traceId !== undefined && (event.kind?.$case !== 'command' || event.kind.value.trace_id !== traceId)) return false;
  const machine = event.kind?.$case === 'registered' ? event.kind.value.machine : event.vm;
  if (vm !== undefined && event.vm !== vm && machine !== vm) return false;
  return (
    unit === undefined ||
    event.unit === unit ||
    // A command names an application, and its events an instance.
    (event.unit !== '' && (applicationOf(event.unit) === unit || event.unit === applicationOf(unit)))
  );
}
