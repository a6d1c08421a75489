import type { Activation } from './facts.ts';

/** A published model, known by name: facts only. */
export type PublishedModel = {
  readonly name: string;
  readonly activation: Activation;
} & (
  | {
      readonly publisher: 'openai';
      readonly url: string;
      readonly sha256: string;
      readonly sizeBytes: number;
    }
  /** Files, sizes and hashes are asked of the hub: `name` is `hf:owner/name`. */
  | { readonly publisher: 'huggingface' }
);

const OPENAI_HOST = 'https://openaipublic.azureedge.net/clip/models';

const openai = (name: string, file: string, sizeBytes: number, sha256: string): PublishedModel => ({
  name,
  publisher: 'openai',
  url: `${OPENAI_HOST}/${sha256}/${file}`,
  sha256,
  sizeBytes,
  activation: 'quickgelu',
});

const laion = (name: string): PublishedModel => ({
  name: `hf:laion/${name}`,
  publisher: 'huggingface',
  activation: 'gelu',
});

/**
 * Models that can be named instead of pointing at a file.
 *
 * Sources: openai/CLIP clip/clip.py (names, addresses and, within these, the SHA-256 of each file); sizes as the
 * published files have them; open_clip src/open_clip/pretrained.py (`laion2b_s34b_b79k`, `laion2b_s32b_b82k`).
 */
export const PUBLISHED_MODELS: readonly PublishedModel[] = [
  openai('RN50', 'RN50.pt', 255_827_503, 'afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762'),
  openai(
    'RN101',
    'RN101.pt',
    291_791_292,
    '8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599',
  ),
  openai(
    'RN50x4',
    'RN50x4.pt',
    421_854_225,
    '7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd',
  ),
  openai(
    'RN50x16',
    'RN50x16.pt',
    661_125_706,
    '52378b407f34354e150460fe41077663dd5b39c54cd0bfd2b27167a4a06ec9aa',
  ),
  openai(
    'RN50x64',
    'RN50x64.pt',
    1_353_500_174,
    'be1cfb55d75a9666199fb2206c106743da0f6468c9d327f3e0d0a543a9919d9c',
  ),
  openai(
    'ViT-B/32',
    'ViT-B-32.pt',
    353_976_522,
    '40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af',
  ),
  openai(
    'ViT-B/16',
    'ViT-B-16.pt',
    350_837_078,
    '5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f',
  ),
  openai(
    'ViT-L/14',
    'ViT-L-14.pt',
    932_768_134,
    'b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836',
  ),
  openai(
    'ViT-L/14@336px',
    'ViT-L-14-336px.pt',
    934_088_680,
    '3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02',
  ),
  laion('CLIP-ViT-B-32-laion2B-s34B-b79K'),
  laion('CLIP-ViT-L-14-laion2B-s32B-b82K'),
];
