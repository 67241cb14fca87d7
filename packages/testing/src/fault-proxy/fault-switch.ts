import type { Certificate, Certificates } from './certificates.ts';
import { failLookupsOf } from './failing-lookup.ts';
import { CERTIFICATE_OF } from './fault-table.ts';
import { FAULTS, type FaultName, type FaultSettings } from './faults.ts';
import type { ActiveFault } from './meet-fault.ts';
import type { ProxyListener } from './proxy-listener.ts';

/** Which fault there is, and all that changes with it outside of the connections. */
export interface FaultSwitch {
  readonly active: ActiveFault;
  /** Undefined ends the fault. @throws TypeError for a fault of TLS where there is none */
  set(name: FaultName | undefined, settings?: FaultSettings): Promise<void>;
  /** Gives the names of this process back. */
  end(): void;
}

export interface FaultSwitchParts {
  readonly certificates: Certificates | undefined;
  readonly valid: Certificate | undefined;
  readonly listener: () => ProxyListener;
  /** The name that does not exist while `dns-failure` is on. */
  readonly hostname: () => string;
}

export function createFaultSwitch({
  certificates,
  valid,
  listener,
  hostname,
}: FaultSwitchParts): FaultSwitch {
  let active: ActiveFault = { name: undefined, settings: {}, certificate: valid };
  let restoreLookups: (() => void) | undefined;

  async function certificateFor(name: FaultName | undefined): Promise<Certificate | undefined> {
    const kind = name && CERTIFICATE_OF[name];
    return kind ? certificates?.issue(kind) : valid;
  }

  return {
    get active() {
      return active;
    },
    async set(name, settings = {}) {
      if (name && FAULTS[name].layer === 'tls' && !certificates) {
        throw new TypeError(`the fault ${name} needs a proxy with TLS: startFaultProxy({ tls: true })`);
      }
      active = { name, settings, certificate: await certificateFor(name) };
      restoreLookups?.();
      restoreLookups = name === 'dns-failure' ? failLookupsOf(hostname()) : undefined;
      if (name === 'down') return listener().shut();
      await listener().cut();
      await listener().reopen();
    },
    end: () => restoreLookups?.(),
  };
}
