/**
 * Writes plain data as canonical JSON: one text for one value, whatever the order its fields were set in.
 *
 * Follows RFC 8785: object keys sorted by UTF-16 code unit, no white space, numbers as ECMAScript prints them
 * (so -0 becomes 0). Differs: members whose value is `undefined` are left out, as `JSON.stringify` does, so that
 * an absent optional field and one set to `undefined` agree.
 *
 * @param value null, booleans, finite numbers, strings, arrays and plain objects of these.
 * @throws {TypeError} Anything else, with the path to it (`$.a[2]`): NaN and infinities, bigint, functions, class
 *   instances, typed arrays, `undefined` inside an array, a value that contains itself.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', new Set());
}

function write(value: unknown, path: string, ancestors: Set<object>): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    // JSON.stringify would turn these into null and two different values into one key.
    if (!Number.isFinite(value))
      throw new TypeError(`canonical JSON: ${path} is ${value}, not a finite number`);
    return JSON.stringify(value);
  }
  if (typeof value !== 'object')
    throw new TypeError(`canonical JSON: ${path} is a ${typeof value}, not data`);
  if (ancestors.has(value)) throw new TypeError(`canonical JSON: ${path} contains itself`);
  ancestors.add(value);
  const text = Array.isArray(value)
    ? writeArray(value, path, ancestors)
    : writeObject(value, path, ancestors);
  ancestors.delete(value);
  return text;
}

function writeArray(items: readonly unknown[], path: string, ancestors: Set<object>): string {
  // Not map(): it would skip the holes of a sparse array.
  const parts: string[] = [];
  for (let i = 0; i < items.length; i++) parts.push(write(items[i], `${path}[${i}]`, ancestors));
  return `[${parts.join(',')}]`;
}

function writeObject(object: object, path: string, ancestors: Set<object>): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      `canonical JSON: ${path} is a ${object.constructor?.name ?? 'class instance'}, not data`,
    );
  }
  const members = Object.entries(object).filter(([, value]) => value !== undefined);
  // Default string comparison is by UTF-16 code unit, which is what RFC 8785 asks for.
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = members.map(
    ([key, value]) => `${JSON.stringify(key)}:${write(value, `${path}.${key}`, ancestors)}`,
  );
  return `{${parts.join(',')}}`;
}
