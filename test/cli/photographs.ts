import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** A tiny JPEG; another one for every `seed`. */
export async function jpeg(seed: number, side = 24): Promise<Buffer> {
  const background = { r: (seed * 37) % 256, g: (seed * 91 + 40) % 256, b: (seed * 151 + 80) % 256 };
  return sharp({ create: { width: side, height: side, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

/** Writes a file, making its folders. */
export function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** EuroSAT's layout with three classes, `perClass` pictures each, all different. @returns paths of the pictures. */
export async function putEuroSat(root: string, perClass: number): Promise<string[]> {
  const paths: string[] = [];
  for (const [label, name] of ['AnnualCrop', 'Forest', 'SeaLake'].entries()) {
    for (let i = 1; i <= perClass; i++) {
      const path = join(root, 'eurosat', '2750', name, `${name}_${i}.jpg`);
      put(path, await jpeg(label * 1000 + i));
      paths.push(path);
    }
  }
  return paths;
}
