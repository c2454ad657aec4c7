import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import type { AgentConfig } from '../agent.config.js';
import type { RegistrationService } from '../registration/registration.service.js';
import { OwnUnits } from './own-units.js';
import { UnitsService } from './units.service.js';

const web = 'web.service' as UnitName;

describe('the units of a machine', () => {
  let systemd: FakeSystemd;
  let service: UnitsService;
  let acknowledge: () => void;

  beforeEach(() => {
    systemd = new FakeSystemd();
    systemd.define(web);
    const capabilities = {
      services: [web],
      vmServices: { systemVms: [], appVms: [] },
      applications: [],
      dbusProxy: { proxies: [] },
    };
    const config = { unit: 'givc-net-vm.service', capabilities } as unknown as AgentConfig;
    const acknowledged = new Promise<void>((resolve) => (acknowledge = resolve));
    const registration = { flush: () => acknowledged } as RegistrationService;
    service = new UnitsService(config, systemd, registration, new OwnUnits());
  });

  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it.each<[string, () => void, string]>([
    ['done', () => undefined, 'active'],
    ['failed', () => systemd.failNextStart(web), 'FAILED_PRECONDITION'],
  ])(
    'answer that a job is %s once the admin has acknowledged what has become of the unit',
    async (_, prepare, answer) => {
      prepare();
      const answers: string[] = [];
      const answered = service.start(web).then(
        ({ ActiveState }) => answers.push(ActiveState),
        ({ reason }: { reason: string }) => answers.push(reason),
      );
      await settled();
      expect(answers).toEqual([]);
      acknowledge();
      await answered;
      expect(answers).toEqual([answer]);
    },
  );
});
