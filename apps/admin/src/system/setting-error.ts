// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf, parseText, type VmName } from '@givc/model';

export interface VmFailure {
  readonly vm: VmName;
  readonly error: unknown;
}

const reasonMax = 250;
const shownReasons = 4;
const shownVms = 8;
const nowhere = 'NOT_SET_ANYWHERE';

export const isUnavailable = (error: unknown): boolean => error instanceof GivcError && error.reason === 'UNAVAILABLE';

/** The beginning of a text, in one line, cut at the end of a word. */
function shortened(text: string): string {
  const line = parseText(text.replace(/\s+/g, ' '), text.length);
  if (line.length <= reasonMax) return line;
  const words = line.slice(0, reasonMax + 1).replace(/ \S*$/, '');
  return `${words.slice(0, reasonMax)}…`;
}

/** The reason without the name of the VM, where the error has it separately. */
const reasonOf = (error: unknown): string =>
  messageOf(error instanceof GivcError && error.cause instanceof GivcError ? error.cause : error);

/** Lists each reason once, after the VMs that have it. */
function listReasons(failures: readonly VmFailure[]): string {
  const groups = new Map<string, VmFailure[]>();
  for (const failure of failures) {
    const reason = shortened(reasonOf(failure.error));
    groups.set(reason, [...(groups.get(reason) ?? []), failure]);
  }
  const shown = [...groups].slice(0, shownReasons).map(([reason, of]) => {
    const more = of.length > shownVms ? ` and ${of.length - shownVms} more` : '';
    return { count: of.length, text: `${firstVms(of).join(', ')}${more} (${reason})` };
  });
  const rest = failures.length - shown.reduce((sum, { count }) => sum + count, 0);
  const others = rest > 0 ? [`and ${rest} ${rest === 1 ? 'VM' : 'VMs'} for other reasons`] : [];
  return [...shown.map(({ text }) => text), ...others].join('; ');
}

const firstVms = (failures: readonly VmFailure[]): VmName[] => failures.slice(0, shownVms).map(({ vm }) => vm);

/**
 * UNAVAILABLE when every failure is one; an agent's denial is not a denial of the caller. The info has the first VMs,
 * separated by commas, and the number of all VMs.
 */
export function settingError(
  what: string,
  failures: readonly VmFailure[],
  { of, rejectedByAll }: { readonly of: number; readonly rejectedByAll: boolean },
): GivcError {
  const metadata = { vms: firstVms(failures).join(','), of: String(of) };
  if (rejectedByAll)
    return new GivcError(
      'FAILED_PRECONDITION',
      `the ${what} is not set, because no VM accepted it: ${listReasons(failures)}`,
      {
        info: { reason: nowhere, metadata },
      },
    );
  const isAway = failures.every(({ error }) => isUnavailable(error));
  return new GivcError(
    isAway ? 'UNAVAILABLE' : 'FAILED_PRECONDITION',
    `the ${what} is set, except in ${failures.length} of ${of} VMs: ${listReasons(failures)}`,
    { info: { reason: 'NOT_SET_EVERYWHERE', metadata } },
  );
}

/** Whether no VM took the setting, and at least one rejected it. */
export const isRejectedByAll = (error: unknown): boolean =>
  error instanceof GivcError && error.info?.reason === nowhere;
