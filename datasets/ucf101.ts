import { join } from 'node:path';
import { damagedLine, type LabelledName, labelledList, readList, splitLists } from '../src/data/index.ts';
import { diskDataset } from './disk-dataset.ts';

/** "HandstandPushups" as "Handstand_Pushups": what stands before the first capital is no word. */
const actionName = (action: string): string => (action.match(/[A-Z][^A-Z]*/g) ?? [action]).join('_');

/** Lines such as `1 ApplyEyeMakeup`. */
function readActions(path: string): ReadonlyMap<string, number> {
  return new Map(
    readList(path).map((line) => {
      const [label = '', action = '', ...rest] = line.text.split(' ');
      if (!/^[1-9]\d*$/.test(label) || action === '' || rest.length > 0) {
        throw damagedLine(path, line, 'a label from 1 and an action');
      }
      return [action, Number(label) - 1];
    }),
  );
}

/**
 * Lines such as `ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1`. The picture lies in the folder of the action's name
 * and keeps the video's: Handstand_Pushups/v_HandStandPushups_g01_c01.jpg.
 */
function readVideos(path: string, labels: ReadonlyMap<string, number>): LabelledName[] {
  return readList(path).map((line) => {
    const [action = '', video = '', ...rest] = line.text.split(' ')[0]!.split('/');
    const label = labels.get(action);
    if (label === undefined || !video.endsWith('.avi') || rest.length > 0) {
      throw damagedLine(path, line, 'action/video.avi, of an action that classInd.txt lists');
    }
    const className = actionName(action);
    return { name: `${className}/${video.replace('.avi', '.jpg')}`, label, className };
  });
}

/** Actions: the middle frame of every video. */
export const UCF101 = diskDataset({
  key: 'ucf101',
  title: 'UCF101',
  classSource: 'actions of classInd.txt, cut at their capitals',
  prompt: 'a photo of a person doing {}.',
  licence: 'for research, see its home page',
  homePage: 'https://www.crcv.ucf.edu/data/UCF101.php',
  citation: 'Soomro, Zamir and Shah, 2012, arXiv 1212.0402',
  disk: {
    folder: 'ucf101',
    pictures: 'UCF-101-midframes',
    splitFile: 'split_zhou_UCF101.json',
    pictureFolders: ['UCF-101-midframes'],
    annotations: [
      'ucfTrainTestlist/classInd.txt',
      'ucfTrainTestlist/trainlist01.txt',
      'ucfTrainTestlist/testlist01.txt',
    ],
  },
  published: { classes: 101, train: 7639, val: 1898, test: 3783 },
  annotated: async ({ folder, pictures }) => {
    const lists = join(folder, 'ucfTrainTestlist');
    const labels = readActions(join(lists, 'classInd.txt'));
    const list = (file: string) => labelledList(readVideos(join(lists, file), labels), pictures);
    return splitLists(list('trainlist01.txt'), list('testlist01.txt'), folder);
  },
});
