/**
 * Makes a gate that lets at most `most` tasks run at once; the others wait in the order they came.
 * @param most At least 1.
 */
export function limit(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    // One that ends hands its place to the first that waits, so nobody who comes in between can take it.
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
