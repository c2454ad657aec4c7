// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { withBoundedAnswers } from '../bounded-reader.js';
import { ServerReflectionService, type ServerReflectionResponse } from '../generated/grpc/reflection/v1/reflection.js';
import { errorOfStatus } from '../status.js';
import type { CallSettings } from './call-settings.js';
import type { RpcChannel } from './rpc-channel.js';

/**
 * The names of the server's services, by reflection (`grpc.reflection.v1`); empty when it answers anything else. Only
 * the first answer is read. Rejects like calls of a channel.
 */
export function listServices(channel: RpcChannel, settings: CallSettings): Promise<readonly string[]> {
  const call = channel.duplex(withBoundedAnswers(ServerReflectionService.serverReflectionInfo), settings);
  return new Promise((resolve, reject) => {
    call.on('error', (error) => reject(errorOfStatus(error)));
    call.on('end', () => resolve([]));
    call.once('data', ({ message_response: answer }: ServerReflectionResponse) => {
      resolve(answer?.$case === 'list_services_response' ? answer.value.service.map(({ name }) => name) : []);
      call.cancel();
    });
    call.write({ host: '', message_request: { $case: 'list_services', value: '' } });
    call.end();
  });
}
