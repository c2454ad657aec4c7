// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AuditEvent, Caller } from '@givc/access';
import type { admin } from '@givc/rpc';

export const registerRpc = '/admin.AdminService/RegisterService';

/** The fields of a registration that are recorded. */
export const registrationFields = ({ Name, Parent, Type, Transport }: admin.RegistryRequest) => ({
  Name,
  Parent,
  Type,
  ...(Transport && { Address: Transport.Address, Port: Transport.Port }),
});

/** The audit record of a delayed registration, which replaces `coalesced` registrations. */
export const coalescedRegistration = (
  caller: Caller,
  rpc: string,
  fields: ReturnType<typeof registrationFields>,
  coalesced: number,
): AuditEvent => ({ caller, rpc, request: { ...fields, coalesced }, answer: 'OK' });
