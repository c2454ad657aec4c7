// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { Call, Parse, type journal, type ServerStreamingCall } from '@givc/rpc';
import { parseReadJournalRequest, type JournalQuery } from './journal-query.js';
import { JournalService } from './journal.service.js';

/** `journal.JournalService`. */
@Controller()
export class JournalController {
  constructor(private readonly journal: JournalService) {}

  @GrpcMethod('JournalService', 'ReadJournal')
  read(
    @Parse(parseReadJournalRequest) query: JournalQuery,
    @Call() call: ServerStreamingCall<journal.ReadJournalResponse>,
  ): Observable<never> {
    return this.journal.read(query, call);
  }
}
