import { crc32 } from 'node:zlib';

/** A file to put into a zip. */
export interface ZipMember {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where each member's bytes begin, so that memory-mapped tensors are aligned. The value that PyTorch uses. */
const ALIGNMENT = 64;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
/** Identifier of the extra field that PyTorch pads with ("FB"). */
const PADDING_ID = 0x4246;
/** Without zip64, offsets have 32 bits. */
const SIZE_LIMIT = 2 ** 32 - 1;
/** 1 January 1980: the same values give the same bytes at any time. */
const DATE = 0x0021;

/** Fields that stand alike in the local and the central header, from "version needed" to "extra length". */
function writeShared(header: Buffer, at: number, member: ZipMember, extraLength: number): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(0x0800, at + 2);
  header.writeUInt16LE(0, at + 4);
  header.writeUInt16LE(0, at + 6);
  header.writeUInt16LE(DATE, at + 8);
  header.writeUInt32LE(crc32(member.bytes), at + 10);
  header.writeUInt32LE(member.bytes.length, at + 14);
  header.writeUInt32LE(member.bytes.length, at + 18);
  header.writeUInt16LE(Buffer.byteLength(member.name), at + 22);
  header.writeUInt16LE(extraLength, at + 24);
}

/** An extra field that moves the bytes behind it to a multiple of 64. */
function padding(dataStart: number): Buffer {
  const free = ALIGNMENT - ((dataStart + 4) % ALIGNMENT);
  const extra = Buffer.alloc(4 + (free % ALIGNMENT), 'Z');
  extra.writeUInt16LE(PADDING_ID, 0);
  extra.writeUInt16LE(extra.length - 4, 2);
  return extra;
}

/**
 * Encodes a zip file without compression, each member's bytes at a multiple of 64.
 *
 * @param members Of different names, less than 4 GB in all: this is for small files.
 */
export function encodeZip(members: readonly ZipMember[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const member of members) {
    const name = Buffer.from(member.name);
    const extra = padding(at + LOCAL_BYTES + name.length);
    const local = Buffer.alloc(LOCAL_BYTES);
    local.writeUInt32LE(0x04034b50, 0);
    writeShared(local, 4, member, extra.length);
    const central = Buffer.alloc(CENTRAL_BYTES);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(20, 4);
    writeShared(central, 6, member, 0);
    central.writeUInt32LE(at, 42);
    directory.push(central, name);
    parts.push(local, name, extra, member.bytes);
    at += LOCAL_BYTES + name.length + extra.length + member.bytes.length;
    if (at > SIZE_LIMIT) throw new Error('internal: a zip of more than 4 GB');
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, central, end]);
}
