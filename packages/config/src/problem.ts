import { showName } from './show-name.ts';

/** Something wrong with a configuration. Nothing of what was written there is in it, apart from plain names. */
export interface ConfigProblem {
  /**
   * A JSON pointer (RFC 6901) into the configuration, such as `/environments/production/region`; `""` is all of it.
   * A name that may be secret is shown as `…`. Of options given in code: the option's name, such as `sources.team`.
   */
  readonly pointer: string;
  /** What is expected there, as the end of a sentence. */
  readonly message: string;
}

export interface ProblemList {
  readonly all: readonly ConfigProblem[];
  /** The first problem of a place is the one that helps; what follows from it is left out. */
  add(pointer: string, message: string): void;
  addAll(problems: readonly ConfigProblem[]): void;
}

export function createProblemList(): ProblemList {
  const found = new Map<string, ConfigProblem>();
  function add(pointer: string, message: string): void {
    if (!found.has(pointer)) found.set(pointer, Object.freeze({ pointer, message }));
  }
  return {
    get all() {
      return [...found.values()];
    },
    add,
    addAll(problems) {
      for (const { pointer, message } of problems) add(pointer, message);
    },
  };
}

/** `below('/environments', 'a/b', 0)` is `/environments/a~1b/0`. */
export function below(pointer: string, ...steps: readonly (string | number)[]): string {
  const escaped = steps.map((step) => showName(String(step)).replaceAll('~', '~0').replaceAll('/', '~1'));
  return [pointer, ...escaped].join('/');
}
