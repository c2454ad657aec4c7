import { Controller } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import { EntryAuthorization } from '@givc/access';
import type { ReportCall } from './agent-link.js';
import { LinkService } from './link.service.js';

/**
 * `report.Reports`. Rules that know only RegisterService permit it, too: then each entry is asked as a registration with
 * its own fields.
 */
@Controller()
export class ReportController {
  constructor(private readonly links: LinkService) {}

  @GrpcStreamCall('Reports', 'Report')
  @EntryAuthorization()
  report(call: ReportCall): Promise<void> {
    return this.links.accept(call);
  }
}
