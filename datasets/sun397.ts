import { join } from 'node:path';
import { damagedLine, type LabelledName, labelledList, readList, splitLists } from '../src/data/index.ts';
import { diskDataset } from './disk-dataset.ts';

const withoutSlash = (text: string): string => text.replace(/^\//, '');

/** "c/church/outdoor" as "outdoor church": without the letter, the parts from the last. */
const sceneName = (folder: string): string => folder.split('/').slice(1).reverse().join(' ');

/** Lines such as `/c/church/outdoor/sun_abc.jpg`. */
function readScenes(path: string, labels: ReadonlyMap<string, number>): LabelledName[] {
  return readList(path).map((line) => {
    const name = withoutSlash(line.text);
    const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    const label = labels.get(folder);
    if (label === undefined) throw damagedLine(path, line, 'a picture in a folder that ClassName.txt lists');
    return { name, label, className: sceneName(folder) };
  });
}

/** Scenes. */
export const SUN397 = diskDataset({
  key: 'sun397',
  title: 'SUN397',
  classSource: 'folders of ClassName.txt, the parts of their paths from the last',
  prompt: 'a photo of a {}.',
  licence: 'for research, see its home page',
  homePage: 'https://vision.princeton.edu/projects/2010/SUN/',
  citation: 'Xiao et al., CVPR 2010',
  disk: {
    folder: 'sun397',
    pictures: 'SUN397',
    splitFile: 'split_zhou_SUN397.json',
    pictureFolders: ['SUN397'],
    annotations: ['ClassName.txt', 'Training_01.txt', 'Testing_01.txt'],
  },
  published: { classes: 397, train: 15880, val: 3970, test: 19850 },
  annotated: async ({ folder, pictures }) => {
    const folders = readList(join(folder, 'ClassName.txt')).map(({ text }) => withoutSlash(text));
    const labels = new Map(folders.map((name, label) => [name, label]));
    const list = (file: string) => labelledList(readScenes(join(folder, file), labels), pictures);
    return splitLists(list('Training_01.txt'), list('Testing_01.txt'), folder);
  },
});
