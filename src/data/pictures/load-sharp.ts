import type Sharp from 'sharp';

let loading: Promise<typeof Sharp> | undefined;

/** libvips, read when the first picture is decoded: a run that finds its features in the cache starts without it. */
export function loadSharp(): Promise<typeof Sharp> {
  loading ??= load();
  return loading;
}

async function load(): Promise<typeof Sharp> {
  const { default: sharp } = await import('sharp');
  // Workers decode one picture each; threads inside libvips would only compete with them.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}
