/** A variable that a file in .env format sets. Its value may be a secret. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:=|:\s)\s*(.*?)\s*$/;

/** Line by line, which is enough for keys: no key is longer than a line. */
export function readAssignments(text: string): readonly Assignment[] {
  return text.split(/\r\n?|\n/).flatMap((written, at) => {
    const [, name, value = ''] = ASSIGNMENT.exec(written) ?? [];
    return name === undefined ? [] : [{ name, value: withoutQuotes(value), line: at + 1 }];
  });
}

function withoutQuotes(value: string): string {
  const [, , quoted] = /^(["'`])(.*?)\1/.exec(value) ?? [];
  return quoted ?? value.replace(/\s+#.*$/, '');
}
