import { Command, Option } from 'commander';
import { UserError } from '../config/index.ts';
import { INTERRUPTED_EXIT_CODE, PROGRESS_MODES, type ProgressMode, watchInterrupt } from '../runner/index.ts';
import { cacheFolder } from './cache-folder.ts';
import { remark } from './command-options.ts';
import { type DownloadedModel, downloadModel } from './download-model.ts';
import { downloadProgress } from './download-progress.ts';
import { exitWith } from './exit.ts';

interface DownloadFlags {
  readonly cache?: string;
  readonly mirror?: string;
  readonly progress: ProgressMode;
  readonly json?: boolean;
}

/** Errors of the world and not of the request: the same command may succeed later. */
const PASSING = new Set(['DOWNLOAD_FAILED', 'DOWNLOAD_WRONG_FILE', 'DOWNLOAD_TAKEN_OVER']);

async function run(
  name: string,
  { cache, mirror, progress: mode, json = false }: DownloadFlags,
): Promise<void> {
  const interrupt = watchInterrupt();
  const progress = downloadProgress(mode);
  let model: DownloadedModel;
  try {
    model = await downloadModel(name, {
      cache: cacheFolder(cache),
      ...(mirror !== undefined && { mirror }),
      signal: interrupt.signal,
      onEvent: progress.handle,
    });
  } catch (error) {
    progress.close();
    if (interrupt.signal.aborted && !(error instanceof UserError)) {
      progress.note('stopped; what has come so far is kept, and the same command goes on from there');
      exitWith(INTERRUPTED_EXIT_CODE);
      return;
    }
    if (!(error instanceof UserError) || !PASSING.has(error.code)) throw error;
    remark(`error ${error.code}: ${error.message}`);
    exitWith(1);
    return;
  } finally {
    progress.close();
    interrupt.dispose();
  }
  process.stdout.write(`${json ? JSON.stringify(model) : model.path}\n`);
}

/** `coop-bench checkpoint download` */
export function checkpointDownloadCommand(): Command {
  return new Command('download')
    .description('fetch a published model into the cache folder, checked by its published hash')
    .argument('<name>', 'RN50, ViT-B/16, …, or hf:owner/name[@revision]; see: coop-bench checkpoint list')
    .option(
      '--cache <dir>',
      "cache folder (default: COOP_BENCH_CACHE, else coop-bench in the user's cache folder)",
    )
    .option('--mirror <url>', "base address in place of the publisher's")
    .addOption(
      new Option('--progress <mode>', 'how progress is shown on stderr')
        .choices([...PROGRESS_MODES])
        .default('auto'),
    )
    .option('--json', '{"name", "path", "files": [{"path", "bytes", "digest"}]} on stdout')
    .addHelpText(
      'after',
      `
Out: the path of the model, for --backbone and --checkpoint: a file (OpenAI's) or a folder (Hugging Face).
A lost connection is taken up again where it broke; after Ctrl-C or a crash the same command goes on. The final
name never shows half a file. Of a Hugging Face model come config.json, open_clip_config.json and
preprocessor_config.json where they are, and the weights: model.safetensors or its shards, else
open_clip_model.safetensors, pytorch_model.bin or open_clip_pytorch_model.bin.

Environment: HTTPS_PROXY HTTP_PROXY NO_PROXY   proxies; NODE_EXTRA_CA_CERTS for their certificates
             COOP_BENCH_MIRROR                 base address for OpenAI's models; /clip/models/… follows it
             HF_ENDPOINT HF_TOKEN              the hub or a mirror of it; access to gated models
Exit codes: 0 done, 1 the server, the network or the disk failed, 2 the request was wrong, 130 interrupted.

Examples:
  npx coop-bench checkpoint download RN50
  npx coop-bench checkpoint download hf:laion/CLIP-ViT-B-32-laion2B-s34B-b79K
  HTTPS_PROXY=http://proxy.example:3128 npx coop-bench checkpoint download ViT-B/16 --cache ~/models`,
    )
    .action(run);
}
