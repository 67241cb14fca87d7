import { isUnprintable } from './copy-plain.ts';
import { below, type ProblemList } from './problem.ts';
import { looksLikeKey, showName } from './show-name.ts';

const REFERENCE = /\$\{([^{}]*)\}/g;
const VARIABLE_NAME = /^[A-Za-z_]\w*$/;
/** The result is printed as a location, so a variable that holds a secret can not be meant. */
const SECRET_NAME = /(?:key|token|secret|password|passwd|passphrase|pwd|credentials?)$/i;

export interface Interpolation {
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Whether a variable that is not set is a problem. It is one where the environment will be used; another
   * environment's variables are set on other machines, and its text then stays as it was written.
   */
  readonly isInUse: boolean;
  readonly problems: ProblemList;
}

/** True where the text has, or seems to begin, a reference to a variable. */
function hasReference(text: string): boolean {
  return text.includes('${');
}

/** Replaces `${NAME}` in the text, or in the texts of a list. */
export function interpolate(value: unknown, pointer: string, interpolation: Interpolation): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => interpolate(item, below(pointer, index), interpolation));
  }
  return typeof value === 'string' && hasReference(value) ? replace(value, pointer, interpolation) : value;
}

/** For options where the text would be taken literally, or where it must not be decided from outside. */
export function refuseReferences(value: unknown, pointer: string, problems: ProblemList): void {
  if (typeof value === 'string' && hasReference(value)) {
    problems.add(pointer, 'can not hold ${…}: variables are replaced in file paths and the like alone');
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      refuseReferences(member, below(pointer, name), problems);
    }
  }
}

function replace(text: string, pointer: string, interpolation: Interpolation): string {
  const { problems } = interpolation;
  const result = text.replace(REFERENCE, (reference, name: string) => {
    const { value, problem } = lookUp(name, interpolation);
    if (problem !== undefined) problems.add(pointer, problem);
    return value ?? reference;
  });
  if (hasReference(text.replace(REFERENCE, ''))) {
    problems.add(pointer, 'has "${" without the name of a variable and "}"');
  }
  return result;
}

function lookUp(
  name: string,
  { env, isInUse }: Interpolation,
): { readonly value?: string; readonly problem?: string } {
  if (!VARIABLE_NAME.test(name)) {
    return { problem: 'takes the plain name of a variable between "${" and "}", without default or command' };
  }
  const shown = showName(name);
  if (SECRET_NAME.test(name)) {
    return {
      problem: `names ${shown}, which seems to hold a secret; this text is shown in messages and logs`,
    };
  }
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined || value.trim() === '') {
    return isInUse ? { problem: `needs the variable ${shown}, which is not set` } : {};
  }
  if (looksLikeKey(value) || isUnprintable(value)) {
    return { problem: `names ${shown}, which holds what looks like a key, or can not be printed` };
  }
  return { value };
}
