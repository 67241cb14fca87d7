import type { SecretStore, StageMove, StoredSecret } from './secret-store.ts';

export interface InRegion {
  /** Default `"us-east-1"`. */
  readonly region?: string | undefined;
}

export interface PutOptions extends InRegion {
  /** Default: it becomes the current version. */
  readonly stages?: readonly string[] | undefined;
  readonly versionId?: string | undefined;
}

/** What somebody does at the console of AWS, without a request. */
export interface FakeSecrets {
  /** Stores a new version, and creates the secret where there is none. Gives the version's id. */
  put(name: string, value: string | Uint8Array, options?: PutOptions): string;
  /** A secret that never had a value. */
  createEmpty(name: string, options?: InRegion): void;
  /** Moves a label, by the rules of UpdateSecretVersionStage. */
  moveStage(name: string, stage: string, move: StageMove, options?: InRegion): void;
  markForDeletion(name: string, options?: InRegion): void;
  restore(name: string, options?: InRegion): void;
  remove(name: string, options?: InRegion): void;
  arn(name: string, options?: InRegion): string;
  /** The version that has the label. */
  versionWith(stage: string, name: string, options?: InRegion): string | undefined;
}

const DEFAULT_REGION = 'us-east-1';

export function createSecretAdmin(store: SecretStore, now: () => number): FakeSecrets {
  const get = (name: string, { region = DEFAULT_REGION }: InRegion = {}): StoredSecret =>
    store.get(name, region);
  return {
    put(name, value, { region = DEFAULT_REGION, stages, versionId } = {}) {
      const secret = store.has(name, region) ? store.get(name, region) : store.create(name, region);
      return store.putVersion(secret, { value, stages, token: versionId }).versionId;
    },
    createEmpty: (name, { region = DEFAULT_REGION } = {}) => void store.create(name, region),
    moveStage: (name, stage, move, options) => store.moveStage(get(name, options), stage, move),
    markForDeletion: (name, options) => void (get(name, options).deletedMs = now()),
    restore: (name, options) => void (get(name, options).deletedMs = undefined),
    remove: (name, options) => store.remove(get(name, options)),
    arn: (name, options) => get(name, options).arn,
    versionWith: (stage, name, options) =>
      [...get(name, options).versions.values()].find(({ stages }) => stages.has(stage))?.versionId,
  };
}
