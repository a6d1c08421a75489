/** What one worker of a machine reaches while all its workers are busy. */
export interface Rates {
  /** Floating-point operations a millisecond in large products of matrices. */
  readonly multiply: number;
  /** Numbers a millisecond that an operation on single numbers goes through: memory rather than arithmetic. */
  readonly pass: number;
}
