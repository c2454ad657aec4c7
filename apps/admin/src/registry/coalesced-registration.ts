import type { AuditEvent, Caller } from '@givc/access';
import type { admin } from '@givc/rpc';

export const registerRpc = '/admin.AdminService/RegisterService';

/** What is recorded of the request of a registration. */
export const registrationFields = ({ Name, Parent, Type, Transport }: admin.RegistryRequest) => ({
  Name,
  Parent,
  Type,
  ...(Transport && { Address: Transport.Address, Port: Transport.Port }),
});

/** The record of a registration that was taken over later, and stands for so many. */
export const coalescedRegistration = (
  caller: Caller,
  rpc: string,
  fields: ReturnType<typeof registrationFields>,
  coalesced: number,
): AuditEvent => ({ caller, rpc, request: { ...fields, coalesced }, answer: 'OK' });
