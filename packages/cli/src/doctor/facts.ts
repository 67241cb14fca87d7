import type { ConfigCheck, KeySourceDescription } from '@magic-hour-keys/config';
import type { ApiKey, KeyErrorCode, KeyPolicy } from '@magic-hour-keys/core';
import type { ProbeResult } from '@magic-hour-keys/http';
import type { CliIo } from '../io.ts';
import type { Assignment } from './env-assignments.ts';
import type { Finding } from './finding.ts';

/** Everything that the checks judge. It is gathered once; a check itself looks at nothing else. */
export interface DoctorFacts {
  /** Where the command runs: for paths that are shown, and for the variables. */
  readonly io: CliIo;
  /** Without the `v`. */
  readonly nodeVersion: string;
  readonly config: ConfigCheck;
  readonly project: ProjectFacts;
  /** Those that were asked for: the one in use, or all of them. */
  readonly environments: readonly EnvironmentFacts[];
  /** Files that hold the key, or that the sources look at for it. */
  readonly keyFiles: readonly KeyFileFacts[];
  readonly search: SearchFacts;
  readonly images: readonly ImageFacts[];
  readonly probes: readonly ProbeFacts[];
}

export interface ProjectFacts {
  /** The nearest folder with a package.json, else that of the configuration, else the working directory. */
  readonly folder: string;
  /** Undefined where there is none, or where it can't be read. */
  readonly manifest: Manifest | undefined;
  /** Of the folder: `.gitignore`, `.npmignore`. */
  readonly gitignore: string | undefined;
  readonly npmignore: string | undefined;
  readonly isInGit: boolean;
}

export interface Manifest {
  readonly isPrivate: boolean;
  readonly files: readonly string[] | undefined;
  /** Of all kinds. */
  readonly dependencies: ReadonlySet<string>;
  readonly isWorkspace: boolean;
}

export interface EnvironmentFacts {
  readonly name: string;
  /** What decided it; undefined where it is looked at because of `--all`. */
  readonly from: string | undefined;
  readonly policy: KeyPolicy;
  readonly links: readonly LinkFacts[];
  /** Why it can't be looked at from here. */
  readonly problem: string | undefined;
}

/** One source, or one link of a chain. */
export interface LinkFacts extends KeySourceDescription {
  readonly packages: readonly PackageFacts[];
  /** It is asked without a network. */
  readonly isLocal: boolean;
  /** Where the store is, where that is known. */
  readonly endpoint: URL | undefined;
  readonly reach: ReachFacts | undefined;
  readonly answer: LinkAnswer;
  /** Of a login by kubeconfig. */
  readonly kubeconfigs: readonly KubeconfigFacts[];
  /** Credential variables and files that are there, by name. */
  readonly credentials: readonly string[];
}

export type LinkAnswer =
  | { readonly outcome: 'not asked'; readonly because: 'offline' | 'behind' }
  | KeyAnswer
  | FailedAnswer;

export interface KeyAnswer {
  readonly outcome: 'key';
  readonly key: ApiKey;
  /** Which variable or file it came from, where the source tells. */
  readonly origin: string;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** SDK, login and read. */
  readonly firstReadMs: number;
  /** The read alone; undefined for what is not asked over a network. */
  readonly secondReadMs: number | undefined;
}

export interface FailedAnswer {
  readonly outcome: 'failed';
  readonly code: KeyErrorCode;
  /** Which variable, file or secret it is about. */
  readonly origin: string;
  /** What is wrong with it, in the source's own words, where it has some. */
  readonly problem: string | undefined;
  readonly hint: string | undefined;
  readonly durationMs: number;
}

/** A package that the source needs, as it is installed. */
export interface PackageFacts {
  readonly name: string;
  readonly range: string;
  /** False for one that only other options need. */
  readonly isNeeded: boolean;
  /** Undefined where it is not installed. */
  readonly version: string | undefined;
  /** The versions of Node that it says it runs on. */
  readonly node: string | undefined;
}

/** How long each step to the host took; undefined for one that did not come about. */
export interface ReachFacts {
  readonly host: string;
  readonly dnsMs: number | undefined;
  readonly connectMs: number | undefined;
  readonly tlsMs: number | undefined;
}

export interface KubeconfigFacts {
  readonly path: string;
  /** `insecure-skip-tls-verify` of the cluster in use. */
  readonly skipsTlsVerification: boolean;
}

export interface KeyFileFacts {
  /** Absolute. */
  readonly path: string;
  /** `env` for the .env format, `secret` for a file that a setting names. */
  readonly kind: 'env' | 'secret';
  /** A source looks at it. */
  readonly isConfigured: boolean;
  readonly exists: boolean;
  readonly holdsKey: boolean;
  /** They hold secrets: names alone may be told. */
  readonly assignments: readonly Assignment[];
  /** The permission bits; undefined on Windows. */
  readonly mode: number | undefined;
  readonly isForeign: boolean;
  /** Where it leads, where it is a symbolic link. */
  readonly target: string | undefined;
  readonly git: 'tracked' | 'ignored' | 'untracked' | undefined;
}

/** What was found in the files of the project, apart from those that are ignored by git. */
export interface SearchFacts {
  readonly keys: readonly KeyInFile[];
  /** Clients of the Magic Hour SDK that are made with an option which it does not know. */
  readonly clients: readonly PlaceInFile[];
  /** False where it took too long. */
  readonly isComplete: boolean;
}

export interface PlaceInFile {
  /** As it is shown: from the project's folder. */
  readonly file: string;
  readonly line: number;
}

export interface KeyInFile extends PlaceInFile {
  readonly last4: string;
  readonly isTracked: boolean;
}

/** A Dockerfile. */
export interface ImageFacts {
  readonly file: string;
  readonly text: string;
  /** Of the `.dockerignore` that belongs to it; empty where there is none. */
  readonly ignoreRules: string;
  readonly ignoreFile: string;
}

export interface ProbeFacts {
  readonly environment: string;
  readonly last4: string;
  readonly result: ProbeResult;
}

export type Check = (facts: DoctorFacts) => readonly Finding[];
