/** Returns the median: the mean of the two middle values if their number is even, NaN if there are none. */
export function findMedian (values: readonly number[]): number {
  const sorted = sort(values)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Returns the smallest value that at least 95 % of all values do not exceed; the largest of fewer than 20. */
export function findP95 (values: readonly number[]): number {
  return sort(values)[Math.ceil(values.length * 0.95) - 1] ?? NaN
}

/** Returns the mean, NaN if there are no values. */
export function findMean (values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function sort (values: readonly number[]): number[] {
  return [...values].sort((one, other) => one - other)
}
