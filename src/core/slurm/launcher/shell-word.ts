/** `text` as one word of any POSIX shell. @throws RangeError for NUL, which no shell can hold */
export function shellWord(text: string): string {
  if (text.includes("\0"))
    throw new RangeError(`a NUL byte cannot be passed to a shell: ${JSON.stringify(text)}`);
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** @throws RangeError for what no shell takes as a variable's name */
export function shellAssignment(name: string, value: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name))
    throw new RangeError(`not the name of a variable: ${JSON.stringify(name)}`);
  return `${name}=${shellWord(value)}`;
}
