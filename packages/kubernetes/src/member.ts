/** An own member of what came from somewhere else. */
export function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
    ? Reflect.get(holder, name)
    : undefined;
}

/** Undefined for anything but text, and for empty text. */
export function textMember(holder: unknown, name: string): string | undefined {
  const value = member(holder, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function listMember(holder: unknown, name: string): readonly unknown[] {
  const value = member(holder, name);
  return Array.isArray(value) ? value : [];
}

/** Undefined for what is not JSON: the parser's message would quote the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
