/**
 * The error function in float64: Maclaurin series below 2.5 and the continued fraction of erfc above
 * (Abramowitz & Stegun 7.1.6 and 7.1.14); both to about 1e-15.
 */
export function erf(x: number): number {
  const z = Math.abs(x);
  const value = z < 2.5 ? series(z) : 1 - complement(z);
  return x < 0 ? -value : value;
}

/** 2/√π · e^(−z²) · Σ 2ⁿ z^(2n+1) / (1·3·…·(2n+1)): all terms positive, so nothing cancels. */
function series(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * z * z) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
}

function complement(z: number): number {
  let tail = z;
  for (let k = 120; k > 0; k--) tail = z + k / 2 / tail;
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / tail;
}
