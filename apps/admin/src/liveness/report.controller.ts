import { Controller } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import type { ReportCall } from './agent-link.js';
import { LinkService } from './link.service.js';

/** `report.Reports`. */
@Controller()
export class ReportController {
  constructor(private readonly links: LinkService) {}

  @GrpcStreamCall('Reports', 'Report')
  report(call: ReportCall): Promise<void> {
    return this.links.accept(call);
  }
}
