import { damagedLine, readList } from './text-list.ts';

/**
 * Reads `classnames.txt`: a WordNet id and the words of a class a line.
 *
 * @returns Names by id, in the file's order. Two ids may have one name.
 * @throws {UserError} ANNOTATION_MISSING, ANNOTATION_UNREADABLE, ANNOTATION_DAMAGED
 */
export function readWordNetClasses(path: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of readList(path)) {
    const space = line.text.indexOf(' ');
    const id = line.text.slice(0, space);
    if (space < 0) throw damagedLine(path, line, "an id and the class's words");
    if (names.has(id)) throw damagedLine(path, line, `every id once; ${id} stood before`);
    names.set(id, line.text.slice(space + 1).trim());
  }
  return names;
}
