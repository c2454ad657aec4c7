// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { HealthController } from './health.controller.js';
import type { GrpcServer } from './grpc-server.js';
import { HealthStatuses } from './health-statuses.js';

const [unknown, serving, notServing, serviceUnknown] = [0, 1, 2, 3];

describe('the health of a server', () => {
  let statuses: HealthStatuses;
  let health: HealthController;

  beforeEach(() => {
    const services = ['admin.AdminService', 'grpc.health.v1.Health'];
    statuses = new HealthStatuses({ services } as unknown as GrpcServer);
    health = new HealthController(statuses);
  });

  it('is serving, as a whole and of each service, from the start', () => {
    expect(health.list()).toEqual({
      statuses: {
        '': { status: serving },
        'admin.AdminService': { status: serving },
        'grpc.health.v1.Health': { status: serving },
      },
    });
    expect(health.check({ service: '' })).toEqual({ status: serving });
    expect(health.check({ service: 'admin.AdminService' })).toEqual({ status: serving });
  });

  it('is the status that was set last', () => {
    statuses.set('givc.registry', false);
    expect(health.check({ service: 'givc.registry' })).toEqual({ status: notServing });
    statuses.set('givc.registry', true);
    expect(health.check({ service: 'givc.registry' })).toEqual({ status: serving });
    expect(health.list().statuses['givc.registry']).toEqual({ status: serving });
  });

  it('is NOT_FOUND for an unknown service', () => {
    expect(() => health.check({ service: 'no.Service' })).toThrow(
      expect.objectContaining({
        reason: 'NOT_FOUND',
        message: 'service: this server has no service "no.Service"',
      }) as Error,
    );
  });

  it('is watched from its present status, with each change once, until the subscription ends', () => {
    const seen: (number | undefined)[] = [];
    const subscription = health.watch({ service: 'givc.registry' }).subscribe(({ status }) => seen.push(status));
    statuses.set('givc.registry', false);
    statuses.set('givc.registry', false);
    statuses.set('givc.other', true);
    statuses.set('givc.registry', true);
    expect(seen).toEqual([serviceUnknown, notServing, serving]);
    subscription.unsubscribe();
    statuses.set('givc.registry', false);
    expect(seen).toHaveLength(3);
    expect(seen).not.toContain(unknown);
  });
});
