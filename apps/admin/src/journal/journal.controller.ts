// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { parseVmName, type VmName } from '@givc/model';
import { Call, Parse, type journal, type ServerStreamingCall } from '@givc/rpc';
import { JournalService } from './journal.service.js';

interface ReadOfVm {
  readonly vm: VmName;
  /** The agent parses the rest of the request. */
  readonly request: journal.ReadJournalRequest;
}

function parseRead(request: journal.ReadJournalRequest): ReadOfVm {
  return { vm: parseVmName('vm', request.vm), request };
}

/** `journal.JournalService`, which the agents serve. */
@Controller()
export class JournalController {
  constructor(private readonly journal: JournalService) {}

  @GrpcMethod('JournalService', 'ReadJournal')
  read(
    @Parse(parseRead) { vm, request }: ReadOfVm,
    @Call() call: ServerStreamingCall<journal.ReadJournalResponse>,
  ): Observable<never> {
    return this.journal.read(vm, request, call);
  }
}
