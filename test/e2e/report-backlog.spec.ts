import { Controller, Module } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Log } from '@givc/log';
import { parseUnitName, parseVmName } from '@givc/model';
import { GrpcDialer, GrpcServer, report, RpcChannel, RpcModule } from '@givc/rpc';
import { ReportStream } from '../../apps/agent/src/registration/report-stream.js';

type Call = ServerDuplexStream<report.Told, report.Heard>;

let accepted: (call: Call) => void;
const call = new Promise<Call>((resolve) => (accepted = resolve));

/** An admin that does not read what it is told until the test lets it. */
@Controller()
class DeafController {
  @GrpcStreamCall('Reports', 'Report')
  report(stream: Call): void {
    stream.pause();
    accepted(stream);
  }
}

@Module({})
class DeafModule {}

const change = (name: string, description: string): report.Change => ({
  Unit: {
    Name: name,
    Parent: '',
    Type: 9,
    Transport: undefined,
    State: {
      Name: name,
      Description: description,
      LoadState: '',
      ActiveState: '',
      SubState: '',
      Path: '',
      FreezerState: '',
    },
  },
  Ending: undefined,
  SinceMs: 0,
});

it('an admin that does not read is told the last word of each unit, and not every word', async () => {
  const server = new GrpcServer({
    listen: [{ protocol: 'tcp', host: '127.0.0.1', port: 0 }],
    tls: undefined,
    services: ['report.Reports'],
  });
  const imports = [RpcModule.forServer(server, new Log('error', () => undefined))];
  const module = await Test.createTestingModule({
    imports: [{ module: DeafModule, imports, controllers: [DeafController] }],
  }).compile();
  const application = module.createNestMicroservice({ strategy: server, logger: false });
  await application.listen();
  const channel = new RpcChannel(
    { address: server.addresses[0]!, name: parseVmName('name', 'admin-vm') },
    new GrpcDialer(undefined),
  );
  const stream = new ReportStream(
    channel.duplex(report.ReportsService.report),
    { Agent: undefined, Units: [], HeartbeatMs: 60_000, BootId: '' },
    { taken: () => undefined, refused: () => undefined, silent: () => undefined, ended: () => undefined },
  );
  const admin = await call;
  const [units, changes] = [3, 5_000];
  for (let n = 1; n <= changes; n++)
    for (let unit = 0; unit < units; unit++) {
      const name = `u${unit}.service`;
      stream.tell(parseUnitName('unit', name), change(name, `${n} ${'d'.repeat(500)}`));
    }
  const told = stream.told();
  let received = 0;
  const last = new Map<string, string>();
  admin.on('data', ({ What }: report.Told) => {
    if (What?.$case === 'Picture') admin.write({ What: { $case: 'Taken', value: { Refused: [] } } });
    if (What?.$case !== 'Change') return;
    received++;
    last.set(What.value.Unit!.Name, What.value.Unit!.State!.Description.split(' ')[0]!);
    admin.write({ What: { $case: 'Acknowledged', value: { Changes: received } } });
  });
  admin.resume();
  await told;
  expect([...last.values()]).toEqual(Array.from({ length: units }, () => String(changes)));
  expect(received).toBeLessThan(1_000);
  stream.close();
  channel.close();
  await application.close();
});
