import { isKeyError } from '@magic-hour-keys/core';
import type { ManagedKeyProvider } from '@magic-hour-keys/core';
import type { CellRun, CellSetting } from './cell-run.ts';
import type { SourceUnderTest } from './source-under-test.ts';

/** Every way in which a person may put a secret where none belongs. */
export async function runWrongOptions(
  source: SourceUnderTest,
  setting: CellSetting,
): Promise<CellRun | undefined> {
  const opened = await source.open(setting);
  try {
    const cases = Object.entries(opened.wrongOptions ?? {});
    if (cases.length === 0) return undefined;
    const failures = await Promise.all(
      cases.map(async ([name, create]) => [name, await findFailure(create)] as const),
    );
    const accepted = failures.find(([, failure]) => !isKeyError(failure));
    return {
      ended: accepted ? `accepted: ${accepted[0]}` : 'refused',
      failure: new AggregateError(failures.map(([, failure]) => failure)),
      shown: Object.fromEntries(failures),
    };
  } finally {
    await opened.close?.();
  }
}

/** At once, or when the key is asked for. */
async function findFailure(create: () => ManagedKeyProvider): Promise<unknown> {
  try {
    const provider = create();
    await provider.getKey();
    return undefined;
  } catch (error) {
    return error;
  }
}
