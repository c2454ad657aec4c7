import { Injectable } from '@nestjs/common';
import { GivcError, messageOf, parseId, parseWord, vmOfAgentUnit, type VmName } from '@givc/model';
import { Audit, Authorizer, callerOf, expiryOf, mustAuthorizeEntries, type Caller } from '@givc/access';
import { Log } from '@givc/log';
import type { admin, report } from '@givc/rpc';
import { Timeout } from '@givc/time';
import { AgentConnections } from '../agents/agent-connections.js';
import { PresenceService } from '../registry/presence.service.js';
import { fieldsOf, lateChange, registerRpc } from '../registry/late-change.js';
import { parseRegistration, type Registration } from '../registry/registration.js';
import { RegistryService } from '../registry/registry.service.js';
import { AgentLink, type ReportCall } from './agent-link.js';

const rpc = '/report.Reports/Report';
const maxUnits = 1_000;

interface Reporter {
  readonly caller: Caller;
  /** No rule permits its reports as such, so each entry is asked as a registration. */
  readonly mustBeAuthorized: boolean;
  /** Whether its stream is open. */
  readonly isOpen: () => boolean;
}

/** A stream that is open, and what its snapshot says of when it was opened. */
interface Open {
  readonly link: AgentLink;
  readonly picture: report.Picture;
}

/** Whether a stream was opened before one that is open, and its snapshot has come late. */
const isOlder = ({ BootId, Number: number }: report.Picture, { picture: newest }: Open): boolean =>
  number !== undefined && newest.Number !== undefined && BootId === newest.BootId && number < newest.Number;

function parseChange({ Unit }: report.Change): Registration {
  if (!Unit) throw new GivcError('INVALID_ARGUMENT', 'Change.Unit: it is missing');
  return parseRegistration(Unit);
}

const parseEnding = (ending: report.Ending): report.Ending => ({
  ...ending,
  Result: parseWord('Ending.Result', ending.Result),
});

/** Takes the reports of agents over into the registry, and marks an agent as lost when its stream ends. */
@Injectable()
export class LinkService {
  readonly #open = new Map<VmName, Open>();
  /** Agents whose streams ended because this process was frozen. */
  readonly #returning = new Map<VmName, Timeout>();
  #onChanged: (sinceMs: number) => void = () => undefined;

  constructor(
    private readonly registry: RegistryService,
    private readonly presence: PresenceService,
    private readonly agents: AgentConnections,
    private readonly audit: Audit,
    private readonly authorizer: Authorizer,
    private readonly log: Log,
  ) {
    presence.onTransition(({ vm, after }) => {
      if (after) return;
      this.#expectNoReturn(vm);
      this.#open.get(vm)?.link.close(new GivcError('ABORTED', `VM "${vm}" does not run any more`));
    });
  }

  /** When the agent of a machine said something last, by `performance.now()`; undefined unless it reports. */
  lastHeard(vm: VmName): number | undefined {
    return this.#open.get(vm)?.link.lastHeard;
  }

  /** Who hears of each change, once the registry has it, when systemd told the agent of it: `report.Change.SinceMs`. */
  onChanged(listener: (sinceMs: number) => void): void {
    this.#onChanged = listener;
  }

  /** Lives as long as the stream. */
  async accept(call: ReportCall): Promise<void> {
    let isOpen = true;
    const reporter: Reporter = {
      caller: callerOf(call),
      mustBeAuthorized: mustAuthorizeEntries(call),
      isOpen: () => isOpen,
    };
    let vm: VmName | undefined;
    const link: AgentLink = new AgentLink(call, {
      message: () => {
        const expiry = reporter.caller.peer && expiryOf(reporter.caller.peer);
        if (expiry !== undefined) throw new GivcError('UNAUTHENTICATED', expiry);
      },
      picture: (picture) => {
        const taken = this.#picture(picture, reporter);
        vm = taken.vm;
        const older = this.#open.get(vm)?.link;
        this.#open.set(vm, { link, picture: { ...picture, Units: [] } });
        this.#expectNoReturn(vm);
        older?.close(new GivcError('ABORTED', 'another stream of this agent has replaced this one'));
        return taken.refused;
      },
      change: (change) => {
        const refused = this.#change(vm!, change, reporter);
        if (!refused) this.#onChanged(change.SinceMs);
        return refused;
      },
      thawed: () => {
        // One that has just left cannot be asked.
        if (vm !== undefined) this.#ask(vm, link).catch(() => undefined);
      },
    });
    try {
      await link.ended;
    } catch (error) {
      if (vm !== undefined) this.log.debug('reports ended', { vm, error: messageOf(error) });
      throw error;
    } finally {
      isOpen = false;
      if (vm !== undefined && this.#open.get(vm)?.link === link) this.#left(vm, link);
    }
  }

  #left(vm: VmName, { hasThawed, silenceMs }: AgentLink): void {
    this.#open.delete(vm);
    const lose = () => {
      this.#expectNoReturn(vm);
      this.presence.hear(vm, { kind: 'streamEnded' });
    };
    if (!hasThawed) return lose();
    // One that has given up a frozen admin dials anew; one that cannot be connected has ended itself.
    const absence = new Timeout(silenceMs, lose, { unref: true });
    this.#returning.set(vm, absence);
    const connection = this.agents.of(vm);
    void connection.answers().then((isThere) => {
      if (!isThere && !connection.isReachable && absence.isPending) lose();
    });
  }

  /** It is back, or gone for good. */
  #expectNoReturn(vm: VmName): void {
    this.#returning.get(vm)?.cancel();
    this.#returning.delete(vm);
  }

  /** An agent whose clock has stood still meanwhile does not know that it should say something. */
  async #ask(vm: VmName, link: AgentLink): Promise<void> {
    if (await this.agents.of(vm).answers()) link.heard();
  }

  #picture(picture: report.Picture, reporter: Reporter): { readonly vm: VmName; readonly refused: report.Refused[] } {
    const { Agent, Units, BootId } = picture;
    if (!Agent) throw new GivcError('INVALID_ARGUMENT', 'Picture.Agent: it is missing');
    if (Units.length > maxUnits)
      throw new GivcError('RESOURCE_EXHAUSTED', `Picture.Units: ${Units.length} are too many: at most ${maxUnits}`);
    const registration = parseRegistration(Agent);
    if (registration.kind !== 'agent')
      throw new GivcError('INVALID_ARGUMENT', `Picture.Agent: ${registration.unit} is registered as a unit`);
    const { vm } = registration;
    const newest = this.#open.get(vm);
    // Of another caller it is a registration that must not be.
    const isOwn = (reporter.caller.peer?.name ?? vm) === vm;
    if (isOwn && newest && isOlder(picture, newest))
      throw new GivcError('ABORTED', `a newer stream of the agent of ${vm} is open`);
    const isNew = this.#register({ ...registration, bootId: parseId('BootId', BootId) }, Agent, reporter);
    if (isNew) this.audit.change({ caller: reporter.caller, rpc, request: fieldsOf(Agent), answer: 'OK' });
    const refused = Units.map((unit) => this.#change(vm, unit, reporter)).filter((one) => one !== undefined);
    this.registry.forgetOthers(
      vm,
      Units.map(({ Unit }) => Unit?.Name ?? ''),
    );
    return { vm, refused };
  }

  #change(vm: VmName, change: report.Change, reporter: Reporter): report.Refused | undefined {
    const { Unit, Ending, SinceMs } = change;
    try {
      const registration = parseChange(change);
      if (registration.kind === 'agent' || vmOfAgentUnit(registration.agent) !== vm)
        throw new GivcError('PERMISSION_DENIED', `Unit: ${registration.unit} is not below the agent of ${vm}`);
      this.#register({ ...registration, ending: Ending && parseEnding(Ending), sinceMs: SinceMs }, Unit!, reporter);
      return undefined;
    } catch (error) {
      if (!(error instanceof GivcError)) throw error;
      return { Name: Unit?.Name ?? '', Why: error.message };
    }
  }

  #register(
    registration: Registration,
    request: admin.RegistryRequest,
    { caller, mustBeAuthorized, isOpen }: Reporter,
  ): boolean {
    if (mustBeAuthorized) this.authorizer.assertPermitted(caller, registerRpc, request);
    try {
      const fields = fieldsOf(request);
      const onLate = (count: number) => this.audit.change(lateChange(caller, rpc, fields, count));
      return this.registry.register(registration, { ...caller, reports: true, isOpen, onLate });
    } catch (error) {
      if (error instanceof GivcError && error.reason === 'PERMISSION_DENIED')
        this.audit.refusal({ caller, rpc, request: fieldsOf(request), answer: error.reason, why: error.message });
      throw error;
    }
  }
}
