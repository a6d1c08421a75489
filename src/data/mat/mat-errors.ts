import { UserError } from '../../config/index.ts';

/** What a person can do with a file of another form. */
const SAVE_AGAIN =
  "save it again as arrays of numbers, text, cells and structs: save(file, '-v7') in MATLAB, scipy.io.savemat in Python";

const LONGEST_FOUND = 160;

function short(text: string): string {
  return text.length > LONGEST_FOUND ? `${text.slice(0, LONGEST_FOUND)}…` : text;
}

/** A name from a file, fit to stand in a message: control characters escaped, long ones cut. */
export function showName(name: string): string {
  return short(/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
}

/** MAT_DAMAGED: the bytes are not as the format has them. */
export function damagedMat(where: string, expected: string, found: string, cause?: unknown): UserError {
  return new UserError('MAT_DAMAGED', {
    where,
    expected,
    found: short(found),
    hint: "unpack the dataset's archive again, or download the file again",
    cause,
  });
}

/** MAT_UNSUPPORTED: a sound file or value of a kind that is not read here. */
export function unsupportedMat(where: string, expected: string, found: string): UserError {
  return new UserError('MAT_UNSUPPORTED', { where, expected, found: short(found), hint: SAVE_AGAIN });
}

/** MAT_TOO_LARGE: more than the bounds that keep a small file from filling memory. */
export function tooLargeMat(where: string, expected: string, found: string): UserError {
  return new UserError('MAT_TOO_LARGE', {
    where,
    expected,
    found: short(found),
    hint: 'save only the variables that are needed in a smaller file',
  });
}

/** MAT_MISSING: a file, variable or field that is not there. */
export function missingMat(
  where: string,
  expected: string,
  found: string,
  hint: string,
  cause?: unknown,
): UserError {
  return new UserError('MAT_MISSING', { where, expected, found, hint, cause });
}

/** MAT_UNEXPECTED: a value of another kind or size than the one asked for. */
export function unexpectedMat(where: string, expected: string, found: string): UserError {
  return new UserError('MAT_UNEXPECTED', {
    where,
    expected,
    found: short(found),
    hint: "check that this is the dataset's own file, not another of the same name",
  });
}
