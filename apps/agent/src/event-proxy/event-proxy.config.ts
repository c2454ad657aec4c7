// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted, described, entries, hasEntries, parsed } from '@givc/config';
import { eventClasses, type EventClass } from '@givc/input';
import { formatAddress, invalid, messageOf, parseVmName, quoted, type Address } from '@givc/model';
import { configClass } from '../config/config-class.js';
import { enable, readIfEnabled } from '../config/enable.js';
import { isDefaultPeer, peerTransport } from '../config/transport.js';
import { servingAddress } from '../proxy/serving-address.js';
import type { Usable } from '../proxy/usable.js';

const isClass = (name: string): name is EventClass => (eventClasses as readonly string[]).includes(name);

/** The original creates mice and game controllers only; a keyboard could type commands. */
const classes = parsed(defaulted(z.array(z.string()), ['pointer', 'controller']), (field, names): EventClass[] =>
  names.map((name) => {
    if (isClass(name)) return name;
    throw invalid(field, `invalid class ${quoted(name)}: expected ${eventClasses.join(', ')}`);
  }),
);

/** An entry of the contract. The original does not have `producer.grab` and `consumer.classes`. */
const event = z.strictObject({
  transport: described(peerTransport, 'The consumer: the other agent of a producer, or this agent.'),
  producer: described(
    defaulted(
      z.strictObject({
        enable,
        grab: described(defaulted(z.boolean(), false), 'The consumer alone gets the events of the devices.'),
      }),
      {},
    ),
    'Sends the events of devices of this machine.',
  ),
  consumer: described(
    defaulted(
      z.strictObject({
        enable,
        /** A socket proxy permits the transport's machine when this is missing. */
        permittedSource: described(
          absent(parsed(z.string(), parseVmName)),
          'The only machine that may send input; without it, none may.',
        ),
        classes: described(classes, `The classes of devices that are accepted: ${eventClasses.join(', ')}.`),
      }),
      {},
    ),
    'Creates virtual devices for the devices of another machine.',
  ),
  device: described(
    defaulted(z.string(), ''),
    'The devices of a producer: those whose names contain this, in upper or lower case.',
  ),
});

export type EventProxy = z.output<typeof event>;

/** `capabilities.eventProxy`. */
export class EventProxyConfig extends configClass(
  readIfEnabled(
    z.strictObject({
      enable,
      events: described(entries(event), 'The input devices for other machines, and those of other machines.'),
    }),
  ),
) {}

/** Leaves out disabled entries, and consumers whose address is invalid or among `taken`. */
export function usableEvents(
  self: Address,
  events: readonly EventProxy[],
  taken: readonly string[],
): Usable<EventProxy> {
  const used = new Set([formatAddress(self), ...taken]);
  const warnings: string[] = [];
  const usable = events.filter((entry) => {
    const problem = problemOf(entry, self, used);
    if (problem !== undefined) warnings.push(`capabilities.eventProxy.events: ${problem}; this entry is left out`);
    return problem === undefined;
  });
  return { usable, warnings };
}

function problemOf({ transport, producer, consumer, device }: EventProxy, self: Address, used: Set<string>) {
  const entry = `the entry of ${formatAddress(transport.address)}`;
  if (isDefaultPeer(transport)) return `${entry} names no machine in its transport`;
  if (!consumer.enable && !producer.enable) return `${entry} is neither a producer nor a consumer`;
  if (!consumer.enable) return device === '' ? `the producer for ${transport.name} names no device` : undefined;
  try {
    const address = formatAddress(servingAddress(self, transport));
    if (used.has(address) && !address.endsWith(':0'))
      return `${address} is used by an earlier entry or by the agent itself`;
    used.add(address);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Warns of settings without effect; `json` is the file as it was read. */
export function unusedEventProxy({ enable, events }: EventProxyConfig, json: unknown): string[] {
  if (!enable) return [];
  if (!hasEntries(json, 'capabilities', 'eventProxy', 'events'))
    return ['capabilities.eventProxy.enable: there are no events'];
  return events.flatMap(({ transport, producer, consumer }) => {
    const at = `capabilities.eventProxy.events: the consumer at ${formatAddress(transport.address)}`;
    if (!consumer.enable) return [];
    return [
      ...(producer.enable ? [`${at} is not also a producer`] : []),
      ...(consumer.permittedSource === undefined
        ? [`${at} has no consumer.permittedSource, so it rejects every producer`]
        : []),
    ];
  });
}
