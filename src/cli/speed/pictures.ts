import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { encodeImages } from '../../clip/index.ts';
import { openPreparer, stream, viewPicture } from '../../data/index.ts';
import * as ir from '../../ir/index.ts';
import { ImageEncoder } from '../../methods/index.ts';
import { testPicture } from '../picture-folder.ts';
import { rn50Shapes, vitB32Shapes } from './clip-shapes.ts';
import { randomCheckpoint } from './random-weights.ts';
import type { Measure } from './workload.ts';

/** Image towers that are measured. */
export type Tower = 'rn50' | 'vit-b32';

const TOWERS = {
  rn50: { name: 'RN50', shapes: rn50Shapes },
  'vit-b32': { name: 'ViT-B/32', shapes: vitB32Shapes },
} as const satisfies Record<Tower, unknown>;

/** Pictures of one run. */
const PICTURES = 16;
/** Times that the whole way goes through them. */
const ROUNDS = 4;
/** A usual size of a dataset's photograph. */
const [WIDTH, HEIGHT] = [500, 375];

const towerOf = (tower: Tower) => randomCheckpoint(TOWERS[tower].name, TOWERS[tower].shapes());
const perSecond = (count: number) => (milliseconds: number) => (1000 * count) / milliseconds;

/** An image tower alone, on one batch of normalised pictures in memory. */
export function encodeMeasure(tower: Tower): Measure {
  return {
    async prepare(engine) {
      const checkpoint = towerOf(tower);
      const { resolution } = checkpoint.architecture.vision;
      const batch = 8;
      const graph = ir.makeGraph({ features: encodeImages(checkpoint, batch) });
      const executable = await engine.compile(graph);
      const random = stream('speed pictures');
      const image = Float32Array.from({ length: batch * 3 * resolution ** 2 }, () => random.normal());
      const flops = ir.graphFlops(graph);
      return {
        problem: `${TOWERS[tower].name}'s image tower at ${resolution} px, batch ${batch}`,
        unit: 'pictures/s',
        run: async () => {
          await executable.run({ image });
        },
        flops: () => flops,
        value: perSecond(batch),
        dispose: () => executable.dispose(),
      };
    },
  };
}

/** Writes JPEG files of smooth random colours with some grain: they compress about as photographs do. */
async function writePictures(folder: string): Promise<string[]> {
  const random = stream('speed jpegs');
  const paths: string[] = [];
  for (let i = 0; i < PICTURES; i++) {
    const [columns, rows] = [20, 15];
    const coarse = Uint8Array.from({ length: columns * rows * 3 }, () => random.int(256));
    const smooth = await sharp(coarse, { raw: { width: columns, height: rows, channels: 3 } })
      .resize(WIDTH, HEIGHT, { kernel: 'cubic', fit: 'fill' })
      .raw()
      .toBuffer();
    const grain = Uint8Array.from(smooth, (value) => Math.min(255, Math.max(0, value + random.int(25) - 12)));
    const path = join(folder, `${i}.jpg`);
    await sharp(grain, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .jpeg({ quality: 90 })
      .toFile(path);
    paths.push(path);
  }
  return paths;
}

/** Runs `work` with JPEG files in a folder that is gone when `dispose` is called. */
async function pictureFolder(): Promise<{ paths: readonly string[]; dispose: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'coop-bench-speed-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    return { paths: await writePictures(folder), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** From JPEG files to features: read, decode, resize, normalise, encode. */
export function picturesMeasure(tower: Tower): Measure {
  return {
    async prepare(engine) {
      const checkpoint = towerOf(tower);
      const encoder = await ImageEncoder.compile(engine, checkpoint);
      const { paths, dispose } = await pictureFolder();
      const preparer = openPreparer();
      // Several rounds of the same files: what is measured is the steady state, not the first batch's wait.
      const order = Array.from({ length: ROUNDS }, () => paths).flat();
      const graph = ir.makeGraph({ features: encodeImages(checkpoint, encoder.batch) });
      const flops = ir.graphFlops(graph) * Math.ceil(order.length / encoder.batch);
      const load = (i: number) => preparer.prepare(testPicture(order[i]!, encoder.resolution));
      return {
        problem:
          `${order.length} JPEG files of ${WIDTH} × ${HEIGHT} to ${TOWERS[tower].name}'s features, ` +
          `batch ${encoder.batch}; read, decoded and resized in ${preparer.threads} threads meanwhile`,
        unit: 'pictures/s',
        run: async () => {
          await encoder.encode(order.length, load, preparer.ahead);
        },
        // Of the tower: its ratio can be compared with that of the tower alone.
        flops: () => flops,
        value: perSecond(order.length),
        dispose: async () => {
          await preparer.close();
          await encoder.dispose();
          await dispose();
        },
      };
    },
  };
}

/** Reading, decoding and CLIP's transform of test pictures, without a model. */
export const decodeResizeMeasure: Measure = {
  fixedThreads: 1,
  async prepare() {
    const { paths, dispose } = await pictureFolder();
    return {
      problem: `${PICTURES} JPEG files of ${WIDTH} × ${HEIGHT} decoded and resized to 224 × 224`,
      unit: 'pictures/s',
      run: async () => {
        for (const path of paths) await viewPicture(testPicture(path, 224));
      },
      flops: () => null,
      value: perSecond(PICTURES),
      dispose,
    };
  },
};
