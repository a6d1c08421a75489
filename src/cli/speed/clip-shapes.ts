import { clipTensorShapes, type TensorShapes } from '../clip-tensors.ts';

/** Text tower of RN50 and ViT-B/32: W = 512, 12 layers, 77 places, CLIP's vocabulary. */
const TEXT = { width: 512, layers: 12, mlpWidth: 2048, contextLength: 77, vocabSize: 49_408 };

/** RN50: ModifiedResNet of 3, 4, 6 and 3 bottlenecks at 224 px, E = 1024. Source: Radford et al., 2021, table 20. */
export function rn50Shapes(): TensorShapes {
  const vision = { kind: 'resnet', width: 64, layers: [3, 4, 6, 3], grid: 7 } as const;
  return clipTensorShapes({ embedDim: 1024, text: TEXT, vision });
}

/** ViT-B/32: W = 768, 12 layers, 7 × 7 patches of 32 px, E = 512. Source: Radford et al., 2021, table 20. */
export function vitB32Shapes(): TensorShapes {
  const vision = { kind: 'vit', width: 768, layers: 12, mlpWidth: 3072, patchSize: 32, grid: 7 } as const;
  return clipTensorShapes({ embedDim: 512, text: TEXT, vision });
}
