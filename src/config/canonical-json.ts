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
  return write(value, []);
}

/** Where one stands: the object or array on each level, and the name or index in it. */
type Path = { readonly holder: object; at: string | number }[];

function refuse(path: Path, problem: string): never {
  const steps = path.map(({ at }) => (typeof at === 'number' ? `[${at}]` : `.${at}`));
  throw new TypeError(`canonical JSON: $${steps.join('')} ${problem}`);
}

function write(value: unknown, path: Path): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    // JSON.stringify would turn these into null and two different values into one key.
    if (!Number.isFinite(value)) refuse(path, `is ${value}, not a finite number`);
    return JSON.stringify(value);
  }
  if (typeof value !== 'object') refuse(path, `is a ${typeof value}, not data`);
  for (const { holder } of path) if (holder === value) refuse(path, 'contains itself');
  return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
}

function writeArray(items: readonly unknown[], path: Path): string {
  const step = { holder: items, at: 0 };
  path.push(step);
  let text = '';
  // Not map(): it would skip the holes of a sparse array.
  for (let i = 0; i < items.length; i++) {
    step.at = i;
    text += (i === 0 ? '' : ',') + write(items[i], path);
  }
  path.pop();
  return `[${text}]`;
}

function writeObject(object: object, path: Path): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null)
    refuse(path, `is a ${object.constructor?.name ?? 'class instance'}, not data`);
  const step = { holder: object, at: '' };
  path.push(step);
  let text = '';
  // Default order is by UTF-16 code unit, which is what RFC 8785 asks for.
  for (const key of Object.keys(object).sort()) {
    const value = (object as Record<string, unknown>)[key];
    if (value === undefined) continue;
    step.at = key;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${write(value, path)}`;
  }
  path.pop();
  return `{${text}}`;
}
