// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import type { ReportCall } from './incoming-report-stream.js';
import { ReportService } from './report.service.js';

/**
 * `report.Reports`. When no rule mentions the stream, it opens for every caller, and each entry is authorized like a
 * call of RegisterService with the same fields.
 */
@Controller()
export class ReportController {
  constructor(private readonly reports: ReportService) {}

  @GrpcStreamCall('Reports', 'Report')
  report(call: ReportCall): Promise<void> {
    return this.reports.accept(call);
  }
}
