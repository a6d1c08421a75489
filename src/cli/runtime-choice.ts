import { UserError } from '../config/index.ts';
import {
  chooseTensorflow,
  type Device,
  deviceProblem,
  ENGINE_DEVICES,
  type EngineChoice,
  type EngineName,
  knowsDevice,
  type OnnxDevice,
  type TensorflowDevice,
  TensorflowUnavailable,
} from '../runtime/index.ts';

/** What was asked for; an engine's usual device where none was. */
export interface RuntimeRequest {
  readonly engine: EngineName;
  readonly device?: Device | undefined;
}

/** What will compute. */
export interface RuntimeChoice extends EngineChoice {
  /** Versions of the packages that compute, beyond those every record names. */
  readonly versions: Readonly<Record<string, string>>;
  /** What a person should know of the choice: a device that was asked for and is not there, … */
  readonly remarks: readonly string[];
}

function checkPair({ engine, device }: RuntimeRequest): void {
  if (device === undefined || knowsDevice(engine, device)) return;
  const others = (Object.keys(ENGINE_DEVICES) as EngineName[]).filter((name) => knowsDevice(name, device));
  throw new UserError('UNKNOWN_DEVICE', {
    where: `--device ${device} with --engine ${engine}`,
    expected: `one of ${ENGINE_DEVICES[engine].join(', ')}`,
    found: device,
    hint: others.map((name) => `--engine ${name}`).join(' or '),
  });
}

async function chooseOnnx(device: OnnxDevice): Promise<RuntimeChoice> {
  const problem = await deviceProblem(device);
  const choice = { engine: 'onnxruntime', versions: {} } as const;
  if (problem === null) return { ...choice, device, remarks: [] };
  const remark = `--device ${device} is not there, going on with cpu, which is what records will say: ${problem}`;
  return { ...choice, device: 'cpu', remarks: [remark] };
}

const packages = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

async function chooseTensorflowDevice(
  device: TensorflowDevice | undefined,
  threads: number,
): Promise<RuntimeChoice> {
  try {
    const chosen = await chooseTensorflow(device ?? null, threads);
    const passedOver = chosen.passedOver.map(
      ({ device: other, message, remedy }) => `TensorFlow.js not on ${other}: ${message} (${remedy})`,
    );
    return {
      engine: 'tensorflow',
      device: chosen.device,
      versions: chosen.versions,
      remarks: [...passedOver, `TensorFlow.js computes on ${chosen.device}: ${packages(chosen.versions)}`],
    };
  } catch (error) {
    if (!(error instanceof TensorflowUnavailable)) throw error;
    throw new UserError('DEVICE_UNAVAILABLE', {
      where: `--engine tensorflow --device ${error.device}`,
      expected: 'a TensorFlow.js that computes there',
      found: error.message,
      hint: error.remedy,
      cause: error,
    });
  }
}

/**
 * Finds what computes here: the engine on the device that was asked for, or on its usual one.
 *
 * A provider of onnxruntime that is not there gives way to the CPU, with a remark. TensorFlow.js takes the first of
 * its packages that computes; one that was asked for by its device is not replaced.
 *
 * @param threads Threads within one op that TensorFlow's packages should start with.
 * @throws {UserError} UNKNOWN_DEVICE: not one of this engine's. DEVICE_UNAVAILABLE: says what to install.
 */
export async function chooseRuntime(request: RuntimeRequest, threads = 0): Promise<RuntimeChoice> {
  checkPair(request);
  const { engine, device } = request;
  switch (engine) {
    case 'onnxruntime':
      return chooseOnnx((device ?? 'cpu') as OnnxDevice);
    case 'tensorflow':
      return chooseTensorflowDevice(device as TensorflowDevice | undefined, threads);
    default:
      return engine satisfies never;
  }
}
