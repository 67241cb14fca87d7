import type { HttpEvent } from '@magic-hour-keys/http';
import type { HttpFlow } from './http-flows.ts';
import type { CellRun, CellSetting } from './cell-run.ts';
import { observe, unwrap } from './observe.ts';
import type { SourceUnderTest } from './source-under-test.ts';

/** A request through this source's provider, with everything that the program sees of it. */
export async function runFlow(
  source: SourceUnderTest,
  flow: HttpFlow,
  setting: CellSetting,
): Promise<CellRun> {
  const observed = await observe(source, setting);
  const httpEvents: HttpEvent[] = [];
  try {
    const { provider, events, published } = observed;
    const outcome = await observed.settle(
      flow.send({
        provider,
        source: observed.source,
        canaries: setting.canaries,
        addresses: setting.addresses,
        onEvent: (event) => httpEvents.push(event),
      }),
    );
    const result = unwrap(outcome);
    const text = result instanceof Response ? await result.text() : undefined;
    return {
      ended: describeEnd(result),
      failure: 'error' in outcome ? outcome.error : undefined,
      shown: {
        result,
        text,
        events: [...httpEvents, ...events, ...published],
        provider,
        health: provider.health(),
      },
    };
  } finally {
    await observed.end();
  }
}

function describeEnd(result: unknown): string {
  if (result instanceof Response) return `${result.status}`;
  // A DOMException is no Error in every copy of Node's internals.
  const name: unknown = typeof result === 'object' && result !== null && Reflect.get(result, 'name');
  return typeof name === 'string' ? name : typeof result;
}
