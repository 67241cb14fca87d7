/** Whether a variable such as `CI` says yes. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && !['', '0', 'false'].includes(text);
}
