// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AdminClient } from '@givc/client';
import { parseEndpoint } from '@givc/model';
import { GrpcDialer, health, readTlsMaterial, RpcChannel, TlsIdentity, type TlsMaterial } from '@givc/rpc';
import { inTime } from '../lab/limits.js';
import { addresses, adminPort, agentPort, certificatesOf, type MachineName } from '../lab/plan.js';

/** The certificate of the operator. */
export const material = (): TlsMaterial => {
  const folder = certificatesOf('operator');
  return readTlsMaterial({ ca: `${folder}/ca-cert.pem`, cert: `${folder}/cert.pem`, key: `${folder}/key.pem` });
};

export const endpointOf = (name: MachineName, port: number) =>
  parseEndpoint(name, { Protocol: 'tcp', Address: addresses[name], Port: String(port), Name: name });

/** The lab's admin, called from outside the machines over mutual TLS. Close it in the end. */
export const connectAdmin = (): AdminClient => new AdminClient(endpointOf('admin-vm', adminPort), material());

/** Resolves as soon as an admin in admin-vm accepts connections; by default that of the lab. */
export async function adminListens(port: number = adminPort): Promise<void> {
  const channel = new RpcChannel(endpointOf('admin-vm', port), new GrpcDialer(new TlsIdentity(material())));
  try {
    const ready = new Promise<void>((resolve) =>
      channel.onState((state) => {
        if (state === 'READY') resolve();
      }),
    );
    channel.keepConnected();
    await inTime('the admin listens', ready);
  } finally {
    channel.close();
  }
}

/**
 * Resolves once the lab's admin, which has restarted and listens, has confirmed or lost every agent that it knew
 * before.
 */
export async function registryConfirmed(): Promise<void> {
  const channel = new RpcChannel(endpointOf('admin-vm', adminPort), new GrpcDialer(new TlsIdentity(material())));
  try {
    const statuses = channel.serverStream(health.HealthService.watch, { service: 'givc.registry' });
    const confirmed = async (): Promise<void> => {
      for await (const { status } of statuses) if (status === health.HealthCheckResponse_ServingStatus.SERVING) return;
      throw new Error('the admin has ended before the registry was confirmed');
    };
    await inTime('the registry is confirmed', confirmed());
  } finally {
    channel.close();
  }
}

/** The agent of a machine, called directly. Close it in the end. */
export const connectAgent = (name: MachineName): RpcChannel =>
  new RpcChannel(endpointOf(name, agentPort), new GrpcDialer(new TlsIdentity(material())));
