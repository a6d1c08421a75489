import type { TitledKey } from '../plan.ts';

/** How a method is drawn, the same in every figure. */
export interface MethodStyle {
  readonly title: string;
  readonly colour: string;
  /** A Vega symbol name, or an SVG path within ±1. */
  readonly shape: string;
}

/** Five-pointed star within ±1. */
const STAR = starPath(5, 1.6, 0.66);
/** A star whose inner corners lie on the lines between its points. */
const PENTAGON = starPath(5, 1.1, 1.1 * Math.cos(Math.PI / 5));

// Okabe and Ito's palette (Color Universal Design, 2008), which stays apart for the usual kinds of colour
// blindness; its yellow is left out (too faint on white), three colours of our own stand behind it, for figures
// that name every method at its row. Shapes repeat what the colours say.
const KNOWN: Readonly<Record<string, Omit<MethodStyle, 'title'>>> = {
  zeroshot: { colour: '#6b7680', shape: STAR },
  coop_m16_end: { colour: '#d55e00', shape: 'circle' },
  linear_probe: { colour: '#0072b2', shape: 'square' },
  coop_m16_mid: { colour: '#009e73', shape: 'triangle-up' },
  coop_m16_end_csc: { colour: '#cc79a7', shape: 'diamond' },
  coop_m16_mid_csc: { colour: '#e69f00', shape: 'triangle-down' },
  coop_m4_end: { colour: '#56b4e9', shape: 'cross' },
  coop_m4_end_init: { colour: '#7a5fc0', shape: 'triangle-right' },
  coop_m8_end: { colour: '#8f9a1b', shape: 'triangle-left' },
  coop_m16_front: { colour: '#a65628', shape: PENTAGON },
};

/** For methods without a style of their own, in the plan's order. */
const SPARE: readonly Omit<MethodStyle, 'title'>[] = [
  { colour: '#009e73', shape: 'triangle-up' },
  { colour: '#cc79a7', shape: 'diamond' },
  { colour: '#e69f00', shape: 'triangle-down' },
  { colour: '#56b4e9', shape: 'cross' },
  { colour: '#d55e00', shape: 'circle' },
  { colour: '#0072b2', shape: 'square' },
  { colour: '#7a5fc0', shape: 'triangle-right' },
  { colour: '#8f9a1b', shape: 'triangle-left' },
  { colour: '#a65628', shape: PENTAGON },
];

/** Styles of a plan's methods in its order. Two methods share a style only where styles run out. */
export function methodStyles(methods: readonly TitledKey[]): ReadonlyMap<string, MethodStyle> {
  const taken = new Set(methods.map(({ key }) => KNOWN[key]?.colour));
  const free = SPARE.filter(({ colour }) => !taken.has(colour));
  const spare = free.length > 0 ? free : SPARE;
  let next = 0;
  return new Map(
    methods.map(({ key, title }) => {
      const style = KNOWN[key] ?? spare[next++ % spare.length]!;
      return [key, { title, ...style }];
    }),
  );
}

function starPath(points: number, outer: number, inner: number): string {
  const corners = Array.from({ length: 2 * points }, (_, i) => {
    const radius = i % 2 === 0 ? outer : inner;
    const angle = (Math.PI * i) / points;
    return `${(radius * Math.sin(angle)).toFixed(3)},${(-radius * Math.cos(angle)).toFixed(3)}`;
  });
  return `M${corners.join('L')}Z`;
}
