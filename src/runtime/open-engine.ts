import type { Engine } from './engine.ts';
import { ONNX_DEVICES, type OnnxDevice, onnxEngine } from './onnx/index.ts';
import { TENSORFLOW_DEVICES, type TensorflowDevice, tensorflowEngine } from './tensorflow/index.ts';

/** Engines that grids run on, and the devices each knows, its usual one first. */
export const ENGINE_DEVICES = {
  onnxruntime: ONNX_DEVICES,
  tensorflow: TENSORFLOW_DEVICES,
} as const satisfies Record<string, readonly string[]>;
export type EngineName = keyof typeof ENGINE_DEVICES;
export const ENGINE_NAMES = Object.keys(ENGINE_DEVICES) as readonly EngineName[];

/** Every device of any engine. */
export const DEVICES = ['cpu', 'wasm', 'cuda', 'webgpu', 'coreml', 'dml'] as const;
export type Device = (typeof DEVICES)[number];

/** An engine on a device: that it knows the device was seen before. */
export interface EngineChoice {
  readonly engine: EngineName;
  readonly device: Device;
}

/** Whether an engine knows a device at all, here or elsewhere. */
export function knowsDevice(engine: EngineName, device: Device): boolean {
  return (ENGINE_DEVICES[engine] as readonly Device[]).includes(device);
}

/**
 * The engine of a choice; its packages are loaded when it compiles its first graph.
 * @param threads Threads within one op.
 */
export function openEngine({ engine, device }: EngineChoice, threads: number): Engine {
  if (!knowsDevice(engine, device)) throw new Error(`internal: ${engine} knows no device ${device}`);
  switch (engine) {
    case 'onnxruntime':
      return onnxEngine({ device: device as OnnxDevice, threads });
    case 'tensorflow':
      return tensorflowEngine({ device: device as TensorflowDevice, threads });
    default:
      return engine satisfies never;
  }
}
