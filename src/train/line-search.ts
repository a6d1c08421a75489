/** A point of the line search: a step and what the objective does there, along the search direction. */
interface Trial {
  readonly step: number;
  readonly value: number;
  /** Directional derivative: gradient · direction. */
  readonly slope: number;
}

/** Constants of the search; scipy's L-BFGS-B uses 1e-3, 0.9, 0.1 and 1e10. */
export interface LineSearchOptions {
  /** μ of the sufficient decrease f(t) ≤ f(0) + μ·t·f'(0). */
  readonly sufficientDecrease: number;
  /** η of the curvature condition |f'(t)| ≤ η·|f'(0)|. */
  readonly curvature: number;
  /** The search gives up when its interval is shorter than this fraction of its upper end. */
  readonly relativeWidth: number;
  readonly maxStep: number;
}

/** A bracket that does not shrink to this fraction within two trials is bisected. Moré and Thuente's δ. */
const BRACKET_SHRINK = 0.66;
/** While nothing is bracketed, the next step lies this far beyond the last one (in units of its advance). */
const EXTRAPOLATE_LEAST = 1.1;
const EXTRAPOLATE_MOST = 4;

/**
 * Moré–Thuente line search, driven from outside: evaluate at `step`, hand the result to `advance`, repeat.
 *
 * Source: Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease", ACM TOMS 20 (1994),
 * in the form of MINPACK-2's dcsrch, which L-BFGS-B calls: the same trial steps up to rounding.
 * Differs: the lower bound of the step is 0, as L-BFGS-B sets it.
 */
export class MoreThuenteSearch {
  /** Where to evaluate next; after "accepted", the step that is taken. */
  step: number;

  readonly #options: LineSearchOptions;
  readonly #start: Trial;
  /** Slope of the sufficient-decrease line. */
  readonly #decreaseSlope: number;
  /** Best trial so far, one end of the interval of uncertainty. */
  #best: Trial;
  /** The interval's other end. */
  #other: Trial;
  #bracketed = false;
  /** True until a trial has enough decrease and a slope that is not negative. */
  #firstStage = true;
  #low = 0;
  #high: number;
  #width: number;
  #widthBefore: number;

  /**
   * @param value Objective at step 0.
   * @param slope Directional derivative at step 0; must be negative.
   * @param firstStep First trial, 0 < firstStep ≤ maxStep.
   */
  constructor(value: number, slope: number, firstStep: number, options: LineSearchOptions) {
    this.#options = options;
    this.#start = { step: 0, value, slope };
    this.#decreaseSlope = options.sufficientDecrease * slope;
    this.#best = this.#start;
    this.#other = this.#start;
    this.step = firstStep;
    this.#high = firstStep + EXTRAPOLATE_MOST * firstStep;
    this.#width = options.maxStep;
    this.#widthBefore = 2 * options.maxStep;
  }

  /**
   * Takes the objective's answer at `step` and chooses what follows.
   *
   * @returns "accepted": both conditions hold at `step`, or no better step can be told from it (the interval
   * is too short, or the bound is reached) and L-BFGS-B takes it as it is. "evaluate": `step` is a new trial.
   */
  advance(value: number, slope: number): 'accepted' | 'evaluate' {
    const { step } = this;
    const trial: Trial = { step, value, slope };
    const limit = this.#start.value + step * this.#decreaseSlope;
    const enough = value <= limit;
    if (this.#firstStage && enough && slope >= 0) this.#firstStage = false;
    if (this.#mustStop(trial, limit)) return 'accepted';

    // While the decrease is too small although the value is the lowest seen, the interval is updated by the
    // objective minus the sufficient-decrease line, so that its minimiser meets the condition.
    const tilt = this.#firstStage && value <= this.#best.value && !enough ? this.#decreaseSlope : 0;
    const next = chooseTrial(
      tilted(this.#best, tilt),
      tilted(this.#other, tilt),
      tilted(trial, tilt),
      this.#bracketed,
      this.#low,
      this.#high,
    );
    this.#best = tilted(next.best, -tilt);
    this.#other = tilted(next.other, -tilt);
    this.#bracketed = next.bracketed;
    this.step = this.#safeguarded(next.step);
    return 'evaluate';
  }

  #mustStop(trial: Trial, limit: number): boolean {
    const { step, value, slope } = trial;
    const { curvature, relativeWidth, maxStep } = this.#options;
    if (value <= limit && Math.abs(slope) <= -curvature * this.#start.slope) return true;
    if (this.#bracketed) {
      if (step <= this.#low || step >= this.#high) return true;
      if (this.#high - this.#low <= relativeWidth * this.#high) return true;
    }
    if (step === maxStep && value <= limit && slope <= this.#decreaseSlope) return true;
    return step === 0 && (value > limit || slope >= this.#decreaseSlope);
  }

  /** Bisects an interval that shrinks too slowly, sets the next bounds and keeps the step inside. */
  #safeguarded(proposal: number): number {
    const { step: best } = this.#best;
    const { step: other } = this.#other;
    let step = proposal;
    if (this.#bracketed) {
      const width = Math.abs(other - best);
      if (width >= BRACKET_SHRINK * this.#widthBefore) step = best + 0.5 * (other - best);
      this.#widthBefore = this.#width;
      this.#width = width;
      this.#low = Math.min(best, other);
      this.#high = Math.max(best, other);
    } else {
      this.#low = step + EXTRAPOLATE_LEAST * (step - best);
      this.#high = step + EXTRAPOLATE_MOST * (step - best);
    }
    step = Math.min(Math.max(step, 0), this.#options.maxStep);
    if (!this.#bracketed) return step;
    const tooShort = this.#high - this.#low <= this.#options.relativeWidth * this.#high;
    return step <= this.#low || step >= this.#high || tooShort ? best : step;
  }
}

/** The trial on the objective minus a line through the origin with this slope. */
function tilted(trial: Trial, slope: number): Trial {
  if (slope === 0) return trial;
  return { step: trial.step, value: trial.value - trial.step * slope, slope: trial.slope - slope };
}

/**
 * Minimiser of the cubic through two trials with their slopes, as a fraction of the way from `a` to `b`.
 * `degenerate`: the cubic has no minimiser (or a saddle), and the fraction means nothing.
 */
function cubicMinimiser(a: Trial, b: Trial): { fraction: number; degenerate: boolean } {
  const theta = (3 * (a.value - b.value)) / (b.step - a.step) + a.slope + b.slope;
  // Scaled against overflow.
  const scale = Math.max(Math.abs(theta), Math.abs(a.slope), Math.abs(b.slope));
  const inner = (theta / scale) ** 2 - (a.slope / scale) * (b.slope / scale);
  const root = scale * Math.sqrt(Math.max(0, inner)) * (b.step < a.step ? -1 : 1);
  const fraction = (root - a.slope + theta) / (root - a.slope + root + b.slope);
  return { fraction, degenerate: root === 0 };
}

/**
 * One update of the interval of uncertainty: the safeguarded cubic or quadratic step (the four cases of the
 * paper's section 4) and the interval's new ends.
 */
function chooseTrial(
  best: Trial,
  other: Trial,
  trial: Trial,
  bracketed: boolean,
  low: number,
  high: number,
): { best: Trial; other: Trial; step: number; bracketed: boolean } {
  const span = trial.step - best.step;
  if (trial.value > best.value) {
    // Higher value: a minimiser lies between. The cubic's, or half way to the quadratic's.
    const cubic = best.step + cubicMinimiser(best, trial).fraction * span;
    const secant = best.slope / ((best.value - trial.value) / span + best.slope) / 2;
    const quadratic = best.step + secant * span;
    const nearer = Math.abs(cubic - best.step) < Math.abs(quadratic - best.step);
    return { best, other: trial, step: nearer ? cubic : cubic + (quadratic - cubic) / 2, bracketed: true };
  }
  const { fraction, degenerate } = cubicMinimiser(trial, best);
  const secantStep = trial.step - (trial.slope / (trial.slope - best.slope)) * span;
  if (trial.slope * Math.sign(best.slope) < 0) {
    // Slopes of opposite sign: bracketed too. The farther of cubic and secant.
    const cubic = trial.step - fraction * span;
    const farther = Math.abs(cubic - trial.step) > Math.abs(secantStep - trial.step);
    return { best: trial, other: best, step: farther ? cubic : secantStep, bracketed: true };
  }
  if (Math.abs(trial.slope) < Math.abs(best.slope)) {
    // The slope flattens: the cubic counts only if its minimiser lies ahead of the trial.
    const ahead = fraction < 0 && !degenerate;
    const cubic = ahead ? trial.step - fraction * span : span > 0 ? high : low;
    const cubicAdvance = Math.abs(cubic - trial.step);
    const secantAdvance = Math.abs(secantStep - trial.step);
    if (!bracketed) {
      const bold = cubicAdvance > secantAdvance ? cubic : secantStep;
      return { best: trial, other, step: Math.min(Math.max(bold, low), high), bracketed };
    }
    const careful = cubicAdvance < secantAdvance ? cubic : secantStep;
    const far = trial.step + BRACKET_SHRINK * (other.step - trial.step);
    return {
      best: trial,
      other,
      step: span > 0 ? Math.min(far, careful) : Math.max(far, careful),
      bracketed,
    };
  }
  // The slope does not flatten.
  if (!bracketed) return { best: trial, other, step: span > 0 ? high : low, bracketed };
  const step = trial.step + cubicMinimiser(trial, other).fraction * (other.step - trial.step);
  return { best: trial, other, step, bracketed };
}
