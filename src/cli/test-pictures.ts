import { inClassesOf } from '../../datasets/index.ts';
import { UserError } from '../config/index.ts';
import { type Dataset, type Datum, loadSharp, viewPicture } from '../data/index.ts';
import type { ReportPlan } from '../report/index.ts';
import { type StudyGrid, testSubset } from '../runner/index.ts';

/** Side of a picture on a report's page, in pixels: sharp at twice the size it is shown in. */
const SIDE = 96;
const QUALITY = 82;

/** Labels and small views of the test pictures that a study's records are of, for its report. */
export function testPictures(
  { datasets, targets }: Pick<StudyGrid, 'datasets' | 'targets'>,
  limit: number | null,
): Required<Pick<ReportPlan, 'testLabels' | 'testPicture'>> {
  const all = new Map([...datasets, ...targets].map((dataset) => [dataset.key, dataset]));
  const lists = new Map<string, readonly Datum[] | null>();
  const listOf = (source: string, target: string) => {
    const id = JSON.stringify([source, target]);
    const found = lists.get(id);
    if (found !== undefined) return found;
    const list = testList(all.get(target), all.get(source), limit);
    lists.set(id, list);
    return list;
  };
  return {
    testLabels: (source, target) => listOf(source, target)?.map(({ label }) => label) ?? null,
    async testPicture(source, target, index) {
      const datum = listOf(source, target)?.[index];
      return datum === undefined ? null : smallView(datum);
    },
  };
}

function testList(
  target: Dataset | undefined,
  source: Dataset | undefined,
  limit: number | null,
): readonly Datum[] | null {
  return target === undefined || source === undefined
    ? null
    : testSubset(inClassesOf(target, source).test, limit);
}

/** A picture that is no longer there is left out of the page: a report must not need the pictures. */
async function smallView({ picture }: Datum): Promise<{ type: 'image/webp'; bytes: Uint8Array } | null> {
  try {
    const { data, width, height } = await viewPicture({ picture, view: { kind: 'test' }, size: SIDE });
    const sharp = await loadSharp();
    const image = sharp(data, { raw: { width, height, channels: 3 } });
    return { type: 'image/webp', bytes: await image.webp({ quality: QUALITY }).toBuffer() };
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
